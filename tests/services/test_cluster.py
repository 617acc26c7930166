"""The Ray Serve application, in Ray's local testing mode: no cluster is started."""

import pytest

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
