# ruff: noqa: E501 - a table of messages keeps one row a line
import pytest

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import (
    ModelConfig,
    SampleConfig,
    StreamConfig,
    TrainConfig,
    cell_as_model,
    configure,
)
from melodyrnn.models.registry import CELLS, MODELS


def test_defaults_are_the_courses_settings():
    model, training = ModelConfig(), TrainConfig()
    assert (model.model, model.input, model.window, model.units, model.depth) == (
        "lstm",
        "index",
        4,
        128,
        1,
    )
    assert ModelConfig("mlp").depth == 2
    assert (training.epochs, training.learning_rate) == (2000, 1e-3)


@pytest.mark.parametrize(
    "config", [ModelConfig("mlp", units=7), TrainConfig(seed=3), SampleConfig()]
)
def test_json_and_back(config):
    assert type(config).from_json(config.to_json()) == config


def test_a_setting_that_an_older_document_lacks_has_its_default():
    document = StreamConfig(seed=3).to_json()
    del document["fold"]
    assert StreamConfig.from_json(document) == StreamConfig(seed=3)
    del document["seed"]
    with pytest.raises(ConfigError, match="StreamConfig has the fields batch, clip"):
        StreamConfig.from_json(document)


@pytest.mark.parametrize("document", [{}, [], None, {"model": "lstm"}, {"sauce": 1}])
def test_json_of_something_else_is_refused(document):
    with pytest.raises(ConfigError, match="ModelConfig has the fields bias, blending, dropout"):
        ModelConfig.from_json(document)


@pytest.mark.parametrize(
    ("config", "settings", "message"),
    [
        (ModelConfig, {"order": -1}, "order -1 is out of range; it must be a whole number at least 0"),
        (ModelConfig, {"escape": "e"}, "escape 'e' is unknown; choose from a, b, c, d, x"),
        (ModelConfig, {"memory": "ltmm"}, "memory 'ltmm' is unknown; did you mean 'ltm'?; choose from ltm, ltm+, stm, both, both+"),
        (ModelConfig, {"bias": -0.5}, "bias -0.5 is out of range; it must be a number at least 0"),
        (SampleConfig, {"temperature": -1.0}, "temperature -1.0 is out of range; it must be a number at least 0"),
        (SampleConfig, {"temperature": float("nan")}, "temperature nan is out of range; it must be a number at least 0"),
        (SampleConfig, {"top_p": 0.0}, "top_p 0.0 is out of range; it must be a number greater than 0 and at most 1"),
        (SampleConfig, {"top_p": 1.1}, "top_p 1.1 is out of range; it must be a number greater than 0 and at most 1"),
        (SampleConfig, {"top_k": 0}, "top_k 0 is out of range; it must be a whole number at least 1"),
        (SampleConfig, {"seed": -1}, "seed -1 is out of range; it must be a whole number at least 0"),
        (TrainConfig, {"epochs": 0}, "epochs 0 is out of range; it must be a whole number at least 1"),
        (TrainConfig, {"learning_rate": 0.0}, "learning_rate 0.0 is out of range; it must be a number greater than 0 and at most 10"),
        (ModelConfig, {"window": 2.5}, "window 2.5 is out of range; it must be a whole number at least 1 and at most 1024"),
        (ModelConfig, {"units": "4"}, "units '4' is out of range; it must be a whole number at least 1 and at most 8192"),
        (ModelConfig, {"units": True}, "units True is out of range; it must be a whole number at least 1 and at most 8192"),
        (ModelConfig, {"units": None}, "units None is out of range; it must be a whole number at least 1 and at most 8192"),
        (TrainConfig, {"early_stop": "no"}, "early_stop 'no' is neither True nor False"),
        (ModelConfig, {"model": None}, f"model None is unknown; choose from {', '.join(MODELS)}"),
        (ModelConfig, {"model": ["mlp"]}, f"model ['mlp'] is unknown; did you mean 'mlp'?; choose from {', '.join(MODELS)}"),
        (ModelConfig, {"model": "lsmt"}, f"model 'lsmt' is unknown; did you mean 'lstm'?; choose from {', '.join(MODELS)}"),
    ],
)  # fmt: skip
def test_messages(config, settings, message):
    with pytest.raises(ConfigError) as caught:
        config(**settings)
    assert str(caught.value) == message


def test_configure_deals_settings_out_by_name():
    model, training = configure({"units": 9, "seed": 4}, ModelConfig, TrainConfig)
    assert (model, training) == (ModelConfig(units=9), TrainConfig(seed=4))
    with pytest.raises(ConfigError, match=r"unknown setting 'unit'; did you mean 'units'\?"):
        configure({"unit": 9}, ModelConfig, TrainConfig)


def test_a_cell_is_the_model_of_its_name():
    assert cell_as_model({"units": 3}) == {"units": 3}
    assert cell_as_model({"cell": "gru", "units": 3}) == {"model": "gru", "units": 3}
    for cell in CELLS:
        assert MODELS[cell_as_model({"cell": cell})["model"]].cell == cell
    with pytest.raises(ConfigError, match="cell 'gur' is unknown; did you mean 'gru'"):
        cell_as_model({"cell": "gur"})
