"""What the figures of pages mean."""

MEANINGS_OF_MEMORY = {
    "one step": "The model is given the true notes and predicts each next one (teacher-forced): "
    "how many predictions are correct.",
    "whole song": "The model is given the first notes and then its own predictions, to the "
    "song\u2019s length (free-running): how many notes agree, position by position. A whole song "
    "given back is memory.",
    "the ceiling": "For each window of notes, the note that follows it most often: no predictor "
    "that sees only the window gets more notes of the song correct.",
}

MEANINGS_OF_HELD_OUT = {
    "held out": "Songs that no model had in training, the same for all models; variants of one "
    "tune are never on both sides.",
    "validation set": "Songs that no weights are fitted to and that choose a network\u2019s best "
    "epoch. A model without epochs learns from them, too.",
    "a note": "Its pitch, however spelled, and its duration. One that the training set lacks costs "
    "what it takes to say so and to spell it.",
}

MEANINGS = {
    "bits per note": "The cross-entropy: the mean of \u2212log\u2082 of the probability that the "
    "model gave to the true note. 0 for a model that is certain and correct, 1 for a toss between "
    "two.",
    "epoch": "One pass of training over the training set.",
}
