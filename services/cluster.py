"""The same app as a Ray Serve application: each replica is one base with all its specialists.

    serve run deploy/serve.yaml          divisi serve --ray

Specialists are rows, not replicas: a replica for each would lose the shared prefix. Ray scales replicas; a replica
counts as ready once its base is loaded. It computes on the CPU unless the settings say `device: cuda`: Ray must know
of a GPU beforehand, and chooses which.
"""

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any

import ray
from fastapi import FastAPI
from ray import serve
from ray.serve import Application
from ray.serve.config import BackpressureConfig, HTTPOptions

from divisi.services import catalogue, chat
from divisi.services.app import create_app
from divisi.services.config import Config, config_of
from divisi.services.errors import ConfigError
from divisi.services.forecasting.ray_workers import RayTasks
from divisi.services.house import House, Load, Sources
from divisi.services.loading import load_section
from divisi.services.logs import log

APP = "divisi"
SPARE = 2
"""Requests that Ray passes to a replica, as a multiple of those that it answers: so the replica itself says 429."""


class Replica:
    """One base with its specialists, behind the same app as `divisi serve`."""

    def __init__(self, load: Load, most_requests: int) -> None:
        self._house = House(load, most_requests=most_requests, sources=Sources(), workers=RayTasks())
        self._house.seat()

    def __serve_build_asgi_app__(self) -> FastAPI:
        return create_app(self._house)

    async def complete(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a chat completion request of another deployment: a completion or an error body, as plain data."""
        return await chat.complete(record, self._house)

    async def models(self) -> list[dict[str, Any]]:
        """The models that it answers as."""
        return catalogue.models(self._house.section)


DEPLOYMENT: Any = serve.deployment(name=APP)(serve.ingress()(Replica))


def app(settings: dict[str, Any]) -> Application:
    """The application of some settings: what `serve run` builds from the `args` of its config.

    Raises:
        ConfigError: a key is unknown or a value cannot be used, or the device is one that Ray chooses itself.
    """
    return application(config_of(settings))


def application(config: Config) -> Application:
    """The application of a config. What Ray decides (replicas, autoscaling, resources) can be set in its own config.

    Raises:
        ConfigError: the device is neither "cpu" nor "cuda".
    """
    config = config.model_copy(update={"device": device_of(config)})
    deployment = DEPLOYMENT.options(
        ray_actor_options={"num_cpus": config.threads or 1, "num_gpus": int(config.device == "cuda")},
        max_ongoing_requests=SPARE * config.most_requests,
        max_queued_requests=config.most_requests,
        backpressure_config=BackpressureConfig(status_code=429, retry_after_s=1),
    )
    bound: Application = deployment.bind(functools.partial(load_section, config), config.most_requests)
    return bound


def device_of(config: Config) -> str:
    """What a replica computes on: the CPU where the config says nothing, since Ray gives a GPU only where asked.

    Raises:
        ConfigError: neither "cpu" nor "cuda".
    """
    if config.device is None:
        log("device", {"device": "cpu", "advice": "a replica takes a GPU where device is cuda"})
        return "cpu"
    if config.device not in ("cpu", "cuda"):
        raise ConfigError(f"device = {config.device!r}: on Ray it is cpu or cuda; which GPU, Ray itself decides")
    return config.device


def serve_with_ray(config: Config, *, ready: Callable[[], None]) -> None:
    """Serve until a signal to stop, on the Ray cluster that this machine belongs to, or one that is started for it.

    Args:
        config: where to listen, and with what.
        ready: told when requests can be answered.

    Raises:
        ConfigError: as `application`.
    """
    bound = application(config)
    ray.init(namespace="serve", include_dashboard=False)
    serve.start(http_options=HTTPOptions(host=config.host, port=config.port))
    try:
        serve.run(bound, name=APP, route_prefix="/")
        ready()
        threading.Event().wait()
    except KeyboardInterrupt:
        log("stopped", {"by": "keyboard"})
    finally:
        serve.delete(APP)  # not serve.shutdown(): a cluster that was there before may serve others too
        ray.shutdown()
