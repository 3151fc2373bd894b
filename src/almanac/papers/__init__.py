"""Papers: reading them in the formats people have, and deciding which accelerators their authors used."""
