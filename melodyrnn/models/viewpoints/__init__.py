"""What a model of viewpoints sees of a sequence: factors, and candidates recalled from its past."""
