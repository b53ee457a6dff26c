#!/usr/bin/env python3
"""Waits for the first right answer of a server that is starting: first_answer.py URL BODY"""
import http.client, json, sys, time
from urllib.parse import urlsplit

url, body = urlsplit(sys.argv[1]), open(sys.argv[2], "rb").read()
deadline = time.monotonic() + 60
while True:
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        connection.request("POST", url.path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status == 200:
            json.loads(text)
            break
    except OSError:
        pass
    if time.monotonic() > deadline:
        sys.exit(f"no answer from {sys.argv[1]}")
    time.sleep(0.003)
