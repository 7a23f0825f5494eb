"""A real ML backend, run by test_ml_server.py in the environment of requirements-ml.txt: label-studio-ml's own server with the least model.

    python model_server.py DIRECTORY        prints its address; keeps its trained models in the directory"""

import sys

from label_studio_ml.api import init_app
from label_studio_ml.model import LabelStudioMLBase
from werkzeug.serving import make_server


class Model(LabelStudioMLBase):
    TRAIN_EVENTS = (*LabelStudioMLBase.TRAIN_EVENTS, "START_TRAINING")

    def predict(self, tasks, context=None, **_):
        """The label of the first trained annotation's kind, or B where somebody draws."""
        name, control = next(iter(self.parsed_label_config.items()))
        value = "B" if context else self.train_output.get("label", "A")
        region = {"from_name": name, "to_name": control["to_name"][0], "type": "choices", "value": {"choices": [value]}}
        return [{"result": [region], "score": 0.75} for _ in tasks]

    def fit(self, tasks, event=None, data=None, **_):
        return {"label": "B", "event": event, "project": data["project"]["id"]}


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, init_app(Model, model_dir=sys.argv[1]))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
