#!/usr/bin/env python3
"""Copies the peers' requests and adds mixed.json, 32 texts of 3 to 96 words: bodies.py LOADFOLDER OUT"""
import json, os, random, shutil, sys

load, out = sys.argv[1:]
os.makedirs(out, exist_ok=True)
for body in ("short", "long", "batch32"):
    shutil.copyfile(f"{load}/{body}.json", f"{out}/{body}.json")
words = json.load(open(f"{load}/long.json"))["inputs"].split()
lengths = list(range(3, 99, 3))
random.Random(1).shuffle(lengths)
texts = [" ".join(words[i % len(words)] for i in range(length)) for length in lengths]
json.dump({"inputs": texts}, open(f"{out}/mixed.json", "w"))
