"""How the sounds of the package are made of a SoundFont: ``python -m sounds FONT``."""
