"""What runs at a data custodian: read its records, keep what was agreed, strip identities, seal a delivery."""
