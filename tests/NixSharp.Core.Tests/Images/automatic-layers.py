#!/usr/bin/env python3
"""Makes automatic-layers.json: what nixpkgs' pkgs/build-support/docker/auto-layer.py makes of some graphs.

usage: automatic-layers.py FOLDER-OF-AUTO-LAYER.PY > automatic-layers.json
(a file auto-layer.py has to be named auto_layer.py to be importable)
"""

import json
import random
import sys

sys.path.insert(0, sys.argv[1])
import auto_layer

cases = []
for seed in range(12):
    dice = random.Random(seed)
    alphabet = "0123456789abcdfghijklmnpqrsvwxyz"
    names = ["".join(dice.choice(alphabet) for _ in range(32)) + f"-p{dice.randrange(5)}-{i}" for i in range(dice.choice([3, 12, 60]))]
    graph = [
        {
            "path": name,
            "narSize": dice.choice([100, 1000, dice.randrange(1, 10**9)]),
            "references": sorted({name, *dice.sample(names[:i], min(i, dice.randrange(4)))} if dice.random() < 0.5 else dice.sample(names[:i], min(i, dice.randrange(4)))),
        }
        for i, name in enumerate(names)
    ]
    # As Nix writes graphs: by path.
    graph.sort(key=lambda node: node["path"])
    limits = {}
    for limit in [1, 2, 5, 20, 99]:
        layers = auto_layer.auto_layer(graph, set(), limit)
        # Layers of equal closure size come in any order there.
        limits[limit] = sorted(layers)
    cases.append({"graph": graph, "layers": limits})
json.dump(cases, sys.stdout, separators=(",", ":"))
