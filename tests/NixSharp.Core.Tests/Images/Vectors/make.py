#!/usr/bin/env python3
"""Makes vectors.json: the digests of layers as other programs write them, from the files in tree.json.

  make.py STREAM TARS

STREAM is nixpkgs' stream_layered_image.py. TARS is a program that takes nix2container's JSON of an image and prints, for
each layer, the digest and size that nix2container's own TarPathsSum gives. Needs bwrap, to see the files in /nix/store.
"""

import copy
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).parent


def make(root, tree):
    for store_path, entries in tree.items():
        for name, entry in entries.items():
            place = pathlib.Path(root + store_path) / name if name else pathlib.Path(root + store_path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if "link" in entry:
                place.symlink_to(entry["link"])
            elif "file" in entry:
                place.write_text(entry["file"])
                place.chmod(0o555 if entry.get("executable") else 0o444)
            else:
                place.mkdir()
        folders = [pathlib.Path(p) for p, _, _ in os.walk(root + store_path)]
        for folder in reversed(folders):
            folder.chmod(0o555)


def run(root, *command):
    bind = ["bwrap", "--dev-bind", "/", "/", "--bind", root + "/nix", "/nix"]
    return subprocess.run([*bind, *command], check=True, stdout=subprocess.PIPE).stdout


def image_of(archive):
    """The layers and the id of a docker archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))[0]
        layers = [hashlib.sha256(tar.extractfile(name).read()).hexdigest() for name in manifest["Layers"]]
    return {"layers": layers, "id": manifest["Config"].removesuffix(".json")}


def main(stream, tars):
    data = json.loads((HERE / "tree.json").read_text())
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        make(root, data["store"])
        result = {}
        for name in ("base", "image"):
            conf = copy.deepcopy(data["streamed"][name])
            layer = data["streamed"]["customisation"].encode()
            folder = pathlib.Path(root + conf["customisation_layer"])
            folder.mkdir(exist_ok=True)
            (folder / "layer.tar").write_bytes(layer)
            (folder / "checksum").write_text(hashlib.sha256(layer).hexdigest() + "\n")
            pathlib.Path(root + "/nix/conf.json").write_text(json.dumps(conf))
            archive = run(root, sys.executable, stream, "/nix/conf.json")
            if name == "base":
                pathlib.Path(root + data["streamed"]["image"]["from_image"]).write_bytes(archive)
            result[name] = image_of(archive)
        pathlib.Path(root + "/nix/image.json").write_text(json.dumps(data["nix2container"]))
        sums = run(root, tars, "/nix/image.json").decode().split()
        result["nix2container"] = {"layers": [s.removeprefix("sha256:") for s in sums[::2]], "sizes": [int(s) for s in sums[1::2]]}
        subprocess.run(["chmod", "-R", "u+w", root], check=True)
    (HERE / "vectors.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
