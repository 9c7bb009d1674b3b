"""The codes clinics use here: reasons for a visit, diagnoses, vaccines, measurements.

It is what the synthetic sources write, not what a reader should understand: that list is the connectors'.  Rules: codes
and displays as their publishers give them (SNOMED CT, ICD-10-CM, CVX, LOINC, UCUM).
"""

from dataclasses import dataclass

SNOMED = "http://snomed.info/sct"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
CVX = "http://hl7.org/fhir/sid/cvx"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Code:
    """A code and its display, in the code system of its list."""

    code: str
    display: str


REASONS = {
    "well_child": (Code("410620009", "Well child visit (procedure)"),),
    "asthma": (
        Code("195967001", "Asthma (disorder)"),
        Code("708038006", "Acute exacerbation of asthma (disorder)"),
    ),
    "injury": (
        Code("125605004", "Fracture of bone (disorder)"),
        Code("312608009", "Laceration - injury (disorder)"),
        Code("44465007", "Sprain of ankle (disorder)"),
    ),
    "infection": (
        Code("54150009", "Upper respiratory infection (disorder)"),
        Code("65363002", "Otitis media (disorder)"),
        Code("43878008", "Streptococcal sore throat (disorder)"),
        Code("195662009", "Acute viral pharyngitis (disorder)"),
    ),
    "other": (
        Code("25064002", "Headache (finding)"),
        Code("21522001", "Abdominal pain (finding)"),
        Code("271807003", "Eruption of skin (disorder)"),
    ),
}

CLASSES = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "IMP": "inpatient encounter",
    "VR": "virtual",
}

VISIT_TYPES = {
    "AMB": Code("308335008", "Patient encounter procedure (procedure)"),
    "EMER": Code("50849002", "Emergency room admission (procedure)"),
    "IMP": Code("32485007", "Hospital admission (procedure)"),
    "VR": Code("448337001", "Telemedicine consultation with patient (procedure)"),
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis in both code systems; `snomed` is None where clinics use ICD-10-CM alone."""

    icd: Code
    snomed: Code | None


ASTHMA = (
    Diagnosis(
        Code("J45.909", "Unspecified asthma, uncomplicated"),
        Code("195967001", "Asthma (disorder)"),
    ),
    Diagnosis(
        Code("J45.20", "Mild intermittent asthma, uncomplicated"),
        Code("427679007", "Mild intermittent asthma (disorder)"),
    ),
    Diagnosis(
        Code("J45.30", "Mild persistent asthma, uncomplicated"),
        Code("426979002", "Mild persistent asthma (disorder)"),
    ),
    Diagnosis(
        Code("J45.40", "Moderate persistent asthma, uncomplicated"),
        Code("427295004", "Moderate persistent asthma (disorder)"),
    ),
    Diagnosis(
        Code("J45.901", "Unspecified asthma with (acute) exacerbation"),
        Code("233678006", "Childhood asthma (disorder)"),
    ),
)
OBESITY = (Diagnosis(Code("E66.9", "Obesity, unspecified"), Code("414916001", "Obesity (disorder)")),)
LEAD = (Diagnosis(Code("R78.71", "Abnormal lead level in blood"), None),)
OTHER = (
    Diagnosis(
        Code("H66.90", "Otitis media, unspecified, unspecified ear"), Code("65363002", "Otitis media (disorder)")
    ),
    Diagnosis(
        Code("J06.9", "Acute upper respiratory infection, unspecified"),
        Code("54150009", "Upper respiratory infection (disorder)"),
    ),
    Diagnosis(Code("L20.9", "Atopic dermatitis, unspecified"), Code("24079001", "Atopic dermatitis (disorder)")),
    Diagnosis(Code("J30.9", "Allergic rhinitis, unspecified"), Code("61582004", "Allergic rhinitis (disorder)")),
    Diagnosis(
        Code("F90.9", "Attention-deficit hyperactivity disorder, unspecified type"),
        Code("406506008", "Attention deficit hyperactivity disorder (disorder)"),
    ),
    Diagnosis(Code("D64.9", "Anemia, unspecified"), Code("271737000", "Anemia (disorder)")),
)

VACCINES = {
    "08": "Hep B, adolescent or pediatric",
    "03": "MMR",
    "10": "IPV",
    "20": "DTaP",
    "21": "varicella",
    "83": "Hep A, ped/adol, 2 dose",
    "48": "Hib (PRP-T)",
    "115": "Tdap",
    "116": "rotavirus, pentavalent",
    "120": "DTaP-Hib-IPV",
    "130": "DTaP-IPV",
    "133": "Pneumococcal conjugate PCV 13",
    "150": "Influenza, injectable, quadrivalent, preservative free",
    "165": "HPV9",
    "203": "Meningococcal polysaccharide (groups A, C, Y, W-135) TT conjugate",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A measurement: LOINC code, UCUM unit and the category it is filed under."""

    code: Code
    unit: str
    category: str


HEIGHT = Scale(Code("8302-2", "Body height"), "cm", "vital-signs")
WEIGHT = Scale(Code("29463-7", "Body weight"), "kg", "vital-signs")
BMI = Scale(Code("39156-5", "Body mass index (BMI) [Ratio]"), "kg/m2", "vital-signs")
BMI_PERCENTILE = Scale(Code("59576-9", "Body mass index (BMI) [Percentile] Per age and sex"), "%", "vital-signs")
LEAD_CAPILLARY = Scale(Code("10368-9", "Lead [Mass/volume] in Capillary blood"), "ug/dL", "laboratory")
LEAD_VENOUS = Scale(Code("77307-7", "Lead [Mass/volume] in Venous blood"), "ug/dL", "laboratory")
