using System.Buffers.Binary;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Checkpoints;

/// <summary>Reads and writes safetensors files: see <see cref="SafeTensorsHeader"/>.</summary>
public static class SafeTensors
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
        ["I32"] = ScalarType.Int32,
        ["U8"] = ScalarType.Byte,
        ["BOOL"] = ScalarType.Bool,
    };

    /// <summary>Reads every tensor, in the types that the file has them in.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names it and what is wrong.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = File.OpenRead(path);
        var header = SafeTensorsHeader.Read(file, file.Length, path);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var stored in header.Tensors)
        {
            var tensor = empty(stored.Shape, Types[stored.Type]);
            file.Position = header.DataStart + stored.Start;
            file.ReadExactly(tensor.bytes);
            tensors.Add(stored.Name, tensor);
        }

        return tensors;
    }

    /// <summary>Writes tensors by name; a reader sees the old file or the new one, never a part.</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        var sorted = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var offset = 0L;
        foreach (var (name, value) in sorted)
        {
            var end = offset + (value.numel() * value.element_size());
            header[name] = new JsonObject
            {
                ["dtype"] = Types.Single(t => t.Value == value.dtype).Key,
                ["shape"] = new JsonArray([.. value.shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var aligned = new byte[8 + ((json.Length + 7) / 8 * 8)];
        aligned.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(aligned, aligned.Length - 8);
        json.CopyTo(aligned, 8);

        var temporary = path + ".tmp";
        using (var file = File.Create(temporary))
        {
            file.Write(aligned);
            foreach (var (_, value) in sorted)
            {
                using var flat = value.detach().cpu().contiguous();
                file.Write(flat.bytes);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }
}
