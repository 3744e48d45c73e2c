"""How likely a song is as a whole, beside what its notes say one by one."""
