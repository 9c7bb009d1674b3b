"""Common given names, surnames and nicknames of the United States, English and Spanish, most frequent first.

It draws nothing.  Rules: public facts only; an underscore stands for a blank inside one name; accents are kept here and
lost, if at all, where a source writes the name down.
"""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name in text.split())


def _paired(text: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split(":") for entry in text.split())
    return {name: tuple(short.split(",")) for name, short in entries}


GIRLS = _listed("""
Emma Olivia Ava Sophia Isabella Mia Charlotte Abigail Emily Harper Amelia Evelyn Elizabeth Madison Ella Avery Scarlett
Grace Chloe Victoria Riley Aria Lily Aubrey Zoey Penelope Lillian Addison Layla Natalie Hannah Brooklyn Zoe Nora Leah
Savannah Audrey Claire Eleanor Skylar Ellie Samantha Stella Paisley Violet Hazel Aaliyah Caroline Genesis Kennedy
Kinsley Allison Maya Sarah Madelyn Adeline Alexa Ariana Elena Gabriella Naomi Alice Sadie Hailey Eva Emilia Autumn
Quinn Piper Ruby Serenity Willow Everly Kaylee Lydia Aubree Arianna Eliana Peyton Melanie Gianna Isabelle Julia Nevaeh
Faith Alexandra Katherine Kylie Jessica Rebecca Jasmine Rachel Mackenzie Morgan Alyssa Sydney Destiny Trinity Brianna
Lauren Kayla Jennifer Megan Andrea Vanessa Michelle Stephanie Nicole Amanda Danielle Margaret Josephine Ivy Delilah
Reagan Brooke Makayla Molly Jade Paige Summer Angelina Catherine Valerie Jordan Teagan Iris Kimberly Adalynn Laila
Amara Imani Aniyah Kiara Tiana Ebony Amina Fatima Zahra Priya Anika Mei Linh Hana Yuna Ingrid Freya Tessa Bridget
Fiona Maeve Sloane Phoebe Daphne June Pearl Rose Cora Clara Vivian Lucy Anna Annabelle Sophie Mary Ruth Esther Miriam
""")

BOYS = _listed("""
Noah Liam William Mason James Benjamin Jacob Michael Elijah Ethan Alexander Oliver Daniel Lucas Matthew Aiden Jackson
Logan David Joseph Samuel Henry Owen Sebastian Gabriel Carter Jayden John Luke Anthony Isaac Dylan Wyatt Andrew Joshua
Christopher Grayson Jack Julian Ryan Jaxon Levi Nathan Caleb Hunter Christian Isaiah Thomas Aaron Lincoln Charles Eli
Landon Connor Josiah Jonathan Cameron Jeremiah Mateo Adrian Hudson Robert Nicholas Brayden Nolan Easton Jordan Colton
Evan Angel Asher Dominic Austin Leo Adam Jace Ian Cooper Gavin Carson Jaxson Theodore Jason Ezra Chase Parker Xavier
Kevin Zachary Tyler Ayden Elias Bryson Leonardo Kayden Brandon Max Sawyer Vincent George Patrick Timothy Steven Richard
Edward Kenneth Joel Peter Marcus Malachi Micah Bennett Weston Brody Declan Silas Roman Miles Damian Ashton Cole Victor
Maxwell Bryce Tristan Jesse Abel Harrison Beau Preston Trevor Blake Devin Garrett Spencer Travis Jamal Darius Malik
Terrence DeShawn Andre Tyrone Omar Ahmed Yusuf Ibrahim Arjun Rohan Wei Minh Kenji Soren Anders Finn Desmond Malcolm
Philip Stephen Gregory Paul Mark Simon Walter Arthur Albert Frank Calvin Emmett Graham Rhys Dean Grant Reid Clark
""")

SPANISH_GIRLS = _listed("""
Sofía Camila Valentina Isabella Ximena María Guadalupe Daniela Lucía Valeria Mariana Natalia Gabriela Elena Fernanda
Regina Adriana Alejandra Andrea Ana Catalina Esmeralda Jimena Paola Leticia Rosa Carmen Julieta Renata Marisol Yaretzi
Itzel Paloma Mónica Verónica Lorena Luz Marisela Perla Rocío Silvia Teresa Angélica Beatriz Carolina Diana Dulce
Estrella Graciela Inés Karina Liliana Maribel Noemí Patricia Raquel Selena Susana Yesenia María_Fernanda Ana_Sofía
María_José Luz_Elena Ana_María
""")

SPANISH_BOYS = _listed("""
Santiago Mateo Diego Sebastián Alejandro José Luis Juan Jesús Ángel Carlos Miguel Daniel Emiliano Fernando Jorge
Eduardo Ricardo Javier Antonio Andrés Francisco Manuel Víctor Óscar Raúl Sergio Rafael Iker Joaquín Emmanuel Leonel
Adán Alberto Alfredo Armando Arturo César Cristian Edgar Efraín Enrique Ernesto Esteban Felipe Gerardo Gustavo Héctor
Hugo Ignacio Iván Julio Leonardo Marco Mario Martín Nicolás Omar Pablo Ramón Roberto Rodrigo Rubén Salvador Saúl Tomás
José_Luis Juan_Carlos Luis_Ángel Miguel_Ángel Juan_Pablo
""")

SURNAMES = _listed("""
Smith Johnson Williams Brown Jones Davis Miller Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Thompson White
Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Nguyen Hill Adams Baker Nelson Hall Campbell Mitchell
Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Peterson Cooper
Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray James Hughes Price Myers Long Foster
Sanders Ross Powell Sullivan Russell Jenkins Perry Butler Barnes Fisher Henderson Coleman Simmons Patterson Jordan
Reynolds Hamilton Graham Kim Wallace Cole West Hayes Bryant Gibson Ellis Stevens Ford Marshall Owens McDonald Harrison
Kennedy Wells Woods Washington Chen Freeman Webb Tucker Burns Crawford Simpson Porter Hunter Gordon Shaw Snyder Mason
Hunt Black Palmer Holmes Stone Meyer Robertson Boyd Mills Warren Fox Rose Rice Patel Moreland Hicks Schmidt Ryan Weaver
Lane Andrews Greene Fields Hawkins Elliott Ferguson Duncan Hudson Spencer Carroll Armstrong Cunningham Bradley Lynch
Harvey Knight Burke Berry Lawrence Chapman Montgomery Riley Hanson Fuller Larson Carlson Wheeler Johnston Little Grant
Wang Weber Hoffman Schultz Keller Bishop Schneider Hartman Zimmerman Wagner Becker Mueller Krueger Bauer Kowalski Novak
Nowak Wisniewski Jankowski Petrov Ivanov Rossi Romano Esposito Bianchi Conti Hansen Jensen Olsen Olson Johansen Larsen
Lindgren Nilsson OBrien O'Connor O'Neill McCarthy McCoy McKinney McLaughlin MacDonald Fitzgerald Gallagher Doyle
Brennan Quinn Casey Byrne Walsh Pham Tran Le Huynh Vo Dang Bui Do Ngo Choi Park Jung Kang Cho Singh Kaur Sharma Gupta
Shah Khan Ali Ahmed Hassan Hussein Mohamed Abdi Okafor Adeyemi Mensah Diallo Traore Tesfaye Bekele Jefferson Banks
Booker Gaines Mosley Broussard Fontenot Hebert Landry Thibodeaux Boudreaux Begay Yazzie Tsosie Whitehorse Kealoha Kahale
Tanaka Sato Suzuki Yamamoto Nakamura Watanabe Liu Zhang Huang Lin Wu Xiong Vang Yang Lor Santos_Lima Silva Pereira
Blankenship Hatfield Stidham Combs Caudill Sizemore Napier Hensley Bowling Collier Maddox Pruitt Tackett Slone Ratliff
Yoder Hershberger Troyer Schrock Kauffman Stoltzfus Beachy Mast Swartzentruber Van_Dyke Van_Horn De_Vries Vander_Meer
Abernathy Blackwell Calloway Dunaway Eastman Fairchild Gillespie Holloway Ingram Jarvis Kirkpatrick Lockhart Merritt
Norwood Overton Pemberton Quarles Rutledge Stanton Thornton Underwood Vickers Whitaker Yarborough Ziegler Ashby Birdsong
""")

SPANISH_SURNAMES = _listed("""
García Rodríguez Hernández Martínez López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Cruz Reyes
Morales Gutiérrez Ortiz Ramos Chávez Ruiz Álvarez Castillo Jiménez Vásquez Romero Mendoza Moreno Herrera Medina Aguilar
Vargas Castro Guzmán Fernández Méndez Muñoz Salazar Soto Delgado Ríos Ortega Garza Álvarado Estrada Peña Rojas Silva
Sandoval Guerrero Contreras Maldonado Espinoza Domínguez Valdez Figueroa Navarro Acosta Padilla Juárez Santiago Campos
Molina Vega Cabrera Luna Miranda Rosales Robles Solís Santos Núñez Cervantes Trejo Ayala Marquez Serrano Zamora Lara
Mejía Velázquez Ibarra Orozco Meza Suárez Villarreal Macías Cárdenas Galván Rangel Barrera Zúñiga Camacho Quintero Bravo
Arellano Trujillo Cortez Lozano Corona Duarte Escobar Montes Palacios Peralta Quiroz Rosario Tapia Uribe Valencia
Villanueva Zavala Arias Benítez Bautista Colón De_La_Cruz De_León Del_Río Franco Gallegos Huerta Leal Nieves Olivares
Pacheco Rentería Salinas Tovar Vélez Villegas Yáñez
""")

NICKNAMES = _paired("""
William:Will,Bill,Billy,Liam Robert:Rob,Bob,Bobby James:Jim,Jimmy,Jamie John:Johnny,Jack Michael:Mike,Mikey
Joseph:Joe,Joey Thomas:Tom,Tommy Charles:Charlie,Chuck Christopher:Chris,Topher Daniel:Dan,Danny Matthew:Matt
Anthony:Tony Andrew:Andy,Drew Joshua:Josh Benjamin:Ben,Benny Samuel:Sam,Sammy Alexander:Alex,Xander Nicholas:Nick,Nico
Jonathan:Jon,Jonny Nathan:Nate Zachary:Zach,Zack Edward:Ed,Eddie,Ted Theodore:Theo,Teddy Timothy:Tim,Timmy
Steven:Steve Stephen:Steve Richard:Rick,Ricky,Rich Kenneth:Ken,Kenny Gregory:Greg Patrick:Pat Jacob:Jake Elijah:Eli
Isaac:Ike Gabriel:Gabe David:Dave,Davey Lucas:Luke Henry:Hank Maxwell:Max Vincent:Vince,Vinny Cameron:Cam
Jeremiah:Jerry Dominic:Dom Philip:Phil Walter:Walt Arthur:Art Albert:Al,Bert Leonardo:Leo Sebastian:Seb,Bash
Tristan:Tris Terrence:Terry Malachi:Mal Harrison:Harry Victor:Vic Peter:Pete Bennett:Ben
Elizabeth:Liz,Beth,Lizzie,Eliza,Betsy Katherine:Kate,Katie,Kathy Catherine:Cathy,Cate Margaret:Maggie,Meg,Peggy
Abigail:Abby Isabella:Bella,Izzy Isabelle:Belle,Izzy Samantha:Sam,Sammie Alexandra:Alex,Lexi Alexa:Lexi
Victoria:Vicky,Tori Jennifer:Jen,Jenny Jessica:Jess,Jessie Rebecca:Becca,Becky Rachel:Rae Madison:Maddie
Madelyn:Maddie Addison:Addie Adeline:Addie Olivia:Liv,Livvy Emily:Em,Emmy Amelia:Amy,Millie Evelyn:Evie
Charlotte:Charlie,Lottie Natalie:Nat Penelope:Penny Eleanor:Ellie,Nell,Nora Josephine:Josie,Jo Gabriella:Gabby
Stephanie:Steph Nicole:Nikki Amanda:Mandy Danielle:Dani Kimberly:Kim Vanessa:Nessa Michelle:Shelly Angelina:Angie
Mackenzie:Kenzie Savannah:Savvy Lillian:Lily Susan:Sue Annabelle:Anna,Belle Delilah:Lila Valerie:Val Vivian:Viv
Bridget:Bridie Miriam:Mimi Allison:Allie Caroline:Carrie Makayla:Kayla Brooklyn:Brook Jasmine:Jazz Arianna:Ari
José:Pepe,Joe Francisco:Paco,Pancho,Frank Guadalupe:Lupe,Lupita Alejandro:Alex,Ale Alejandra:Alex,Ale Eduardo:Lalo,Eddie
Roberto:Beto,Robert Alberto:Beto Enrique:Kike,Henry Jesús:Chuy Ignacio:Nacho Rafael:Rafa Manuel:Manny,Manolo
Antonio:Tony,Toño Fernando:Nando Gerardo:Jerry Ricardo:Ricky Santiago:Santi Sebastián:Sebas Nicolás:Nico Daniela:Dani
Gabriela:Gaby Valentina:Vale Valeria:Vale Fernanda:Fer Mariana:Mari María:Mari Isabel:Isa Rosa:Rosita Teresa:Tere
Patricia:Paty Beatriz:Betty Graciela:Chela Salvador:Chava Luis:Lucho Miguel:Mike Juan:Johnny Carlos:Charlie Jorge:George
""")
