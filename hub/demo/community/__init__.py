"""A synthetic community: who lives in it, what their schools and clinics wrote down, and who is really who."""
