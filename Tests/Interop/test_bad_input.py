"""What strangers and broken clients send: a clear refusal over HTTP, silence over UDP."""

import os
import random
import socket
import urllib.error
import urllib.request

import pytest

from deployment import Device, Refused, wait_until


def test_malformed_sdp_names_the_line(deployment):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)["id"]
    with pytest.raises(Refused) as refused:
        worker.request("POST", f"/api/v1/visits/{visit}/media", "v=0\r\nnonsense\r\n", "application/sdp")
    assert refused.value.status == 400
    assert "2" in refused.value.document["detail"], refused.value.document


def test_foreign_and_forged_tokens_learn_nothing(deployment):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    stranger = deployment.person("citizen", "Bo Lund")
    visit = deployment.book(worker, citizen)["id"]
    with pytest.raises(Refused) as foreign:
        stranger.json("GET", f"/visits/{visit}")
    with pytest.raises(Refused) as absent:
        stranger.json("GET", "/visits/00000000-0000-4000-8000-000000000000")
    assert foreign.value.status == absent.value.status == 404
    assert foreign.value.document["detail"] == absent.value.document["detail"]
    forged = Device(deployment.origin, None, worker.token[:-4] + "AAAA")
    with pytest.raises(Refused) as refused:
        forged.json("GET", f"/visits/{visit}")
    assert refused.value.status == 401


def dropped(deployment):
    """Datagrams that the relay workers dropped, by their own count."""
    with urllib.request.urlopen(deployment.origin + "/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("besoeg_relay_dropped_"))


def test_garbage_datagrams_are_counted_and_never_answered(deployment):
    seed = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(1)
        for length in list(range(0, 200)) + [1200, 1500, 2000]:
            sender.sendto(seed.randbytes(length), ("127.0.0.1", deployment.media_port))
        with pytest.raises(TimeoutError):
            sender.recv(2048)
    wait_until(lambda: dropped(deployment) >= 200, 10, "/metrics counts what was dropped")
    assert deployment.is_ready()


def test_every_error_is_a_problem_document(deployment):
    for path, status in (("/nowhere", 404), ("/api/v1/visits", 401), ("/api/v1/nowhere", 404)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(deployment.origin + path)
        assert refused.value.code == status
        assert refused.value.headers["content-type"].startswith("application/problem+json")


def test_data_folder_is_private(deployment):
    for name in os.listdir(deployment.data):
        assert (deployment.data / name).stat().st_mode & 0o077 == 0, name
