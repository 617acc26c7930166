"""Health, readiness, models, and how the app opens and closes."""

import asyncio
import threading

import pytest

from divisi.services.app import create_app
from divisi.services.house import House, counted


def test_the_doors_open_before_the_base_is_loaded(http, serve, section_of, scripted, until):
    loaded = threading.Event()
    section = section_of(scripted({"reply": "Hello."}))

    def load():
        assert loaded.wait(10)
        return section

    address = serve(load, ready=False)
    body = {"model": "divisi", "messages": [{"role": "user", "content": "Hi"}]}
    assert http.get(f"{address}/healthz").status_code == 200
    refused = http.get(f"{address}/readyz")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "not_ready")
    assert http.post(f"{address}/v1/chat/completions", json=body).headers["retry-after"] == "1"
    loaded.set()
    until(lambda: http.get(f"{address}/readyz").status_code == 200)
    assert http.post(f"{address}/v1/chat/completions", json=body).status_code == 200


def test_a_base_that_cannot_be_loaded_is_told_to_whoever_opened_the_app(http, serve, until):
    told = []

    def load():
        raise OSError("no such base")

    address = serve(load, ready=False, opened=told.append)
    until(lambda: bool(told))
    assert str(told[0].failure) == "no such base"
    assert http.get(f"{address}/readyz").status_code == 503


def test_models_are_the_router_and_each_specialist(http, serve, section_of, scripted):
    address = serve(section_of(scripted({})))
    models = http.get(f"{address}/v1/models").json()["data"]
    assert models[0]["id"] == "divisi"
    assert {"id": "names", "subtask": "names", "kind": "lora", "version": "names-v1"}.items() <= models[1].items()
    assert http.get(f"{address}/v1/models/names").json() == models[1]


def test_the_player_is_closed_with_the_app(section_of, scripted):
    player = scripted({})

    async def live():
        app = create_app(House(lambda: section_of(player), most_requests=1, sources=counted()))
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(live())
    assert player.closed


def test_a_fault_of_ours_is_500_in_openais_shape(http, serve, section_of, scripted, caplog):
    address = serve(section_of(scripted({})))
    body = {"model": "divisi", "messages": [{"role": "user", "content": "the script has no answer"}]}
    response = http.post(f"{address}/v1/chat/completions", json=body)
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
    assert "event=fault" in caplog.text


@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/v1/models"])
def test_get_routes_answer(http, serve, section_of, scripted, path):
    assert http.get(f"{serve(section_of(scripted({})))}{path}").status_code == 200
