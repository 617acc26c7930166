"""The Ray Serve application, in Ray's local testing mode: no cluster is started."""

import pytest

from divisi.services.config import Config
from divisi.services.errors import ConfigError

serve = pytest.importorskip("ray.serve")
pytestmark = pytest.mark.ray


@pytest.fixture
def handle_of():
    from divisi.services.cluster import DEPLOYMENT

    def start(section):
        return serve.run(DEPLOYMENT.bind(lambda: section, 1), name="divisi", _local_testing_mode=True)

    return start


def test_a_replica_answers_other_deployments(handle_of, section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'})
    body = {"model": "divisi", "messages": [{"role": "user", "content": "Weather in Paris?"}], "tools": [weather]}
    reply = handle_of(section_of(player)).complete.remote(body).result(timeout_s=10)
    assert reply["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "get_weather"


def test_errors_cross_as_plain_data(handle_of, section_of, scripted):
    reply = handle_of(section_of(scripted({}))).complete.remote({"model": "divisi"}).result(timeout_s=10)
    assert reply["error"]["message"] == "Missing required parameter: 'messages'"


@pytest.mark.parametrize(("device", "gpus"), [(None, 0), ("cpu", 0), ("cuda", 1)])
def test_a_replica_takes_a_gpu_only_where_the_settings_say_so(device, gpus):
    from divisi.services.cluster import application, device_of

    config = Config(device=device)
    deployment = application(config)._bound_deployment
    assert deployment.ray_actor_options["num_gpus"] == gpus
    assert deployment.init_args[0].args[0].device == device_of(config) == ("cuda" if gpus else "cpu")


def test_which_gpu_is_for_ray_to_say():
    from divisi.services.cluster import app

    with pytest.raises(ConfigError, match="cuda:1"):
        app({"device": "cuda:1"})


def test_the_end_leaves_the_applications_of_others(monkeypatch):
    from divisi.services import cluster

    ends = []
    monkeypatch.setattr(cluster.ray, "init", lambda **options: None)
    monkeypatch.setattr(cluster.ray, "shutdown", lambda: ends.append("left"))
    for name in ("start", "run"):
        monkeypatch.setattr(cluster.serve, name, lambda *arguments, **options: None)
    monkeypatch.setattr(cluster.serve, "delete", ends.append)
    monkeypatch.setattr(cluster.serve, "shutdown", lambda: ends.append("all"))

    def interrupt():
        raise KeyboardInterrupt

    cluster.serve_with_ray(Config(), ready=interrupt)
    assert ends == ["divisi", "left"]
