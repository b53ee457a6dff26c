#!/usr/bin/env python3
"""Makes the peers' random model (their make_random_model.py) and keeps its parameters as model.safetensors, so that our
exporter writes the same model.

  peer_model.py PEERS --vocab vocab.txt --out DIR --size minilm|small
"""
import json, os, struct, sys

sys.dont_write_bytecode = True  # the peers' folder may be read-only
sys.path.insert(0, sys.argv.pop(1))
import make_random_model as peer  # noqa: E402

exported = peer.torch.onnx.export


def export(model, args, path, **options):
    exported(model, args, path, **options)
    header, offset, parts = {}, 0, []
    for name, tensor in model.state_dict().items():
        data = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    with open(os.path.join(os.path.dirname(path), "..", "model.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


peer.torch.onnx.export = export
peer.SIZES["mini"] = (4, 256, 4, 1024)
peer.main()
