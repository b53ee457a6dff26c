using System.Buffers.Binary;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Checkpoints;

/// <summary>
/// Reads and writes safetensors files: an 8-byte header length, a JSON header with type, shape and place of each tensor, then
/// the little-endian data (huggingface/safetensors, "Format").
/// </summary>
public static class SafeTensors
{
    private const int LargestHeader = 100_000_000; // the limit of the reference implementation

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
        var header = ReadHeader(file, path);
        var data = file.Position;
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, entry) in header)
        {
            if (name != "__metadata__")
            {
                tensors.Add(name, ReadTensor(file, data, name, entry, path));
            }
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

    private static JsonObject ReadHeader(FileStream file, string path)
    {
        Span<byte> length = stackalloc byte[8];
        if (file.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
        {
            throw new InvalidDataException($"{path} is not a safetensors file: it has {file.Length} bytes");
        }

        var size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size is < 2 or > LargestHeader || size > file.Length - 8)
        {
            throw new InvalidDataException($"{path} is not a safetensors file, or cut off: its header would have {size} bytes");
        }

        var json = new byte[size];
        file.ReadExactly(json);
        try
        {
            return JsonNode.Parse(json)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not a safetensors file: its header is not a JSON object", e);
        }
    }

    private static Tensor ReadTensor(FileStream file, long data, string name, JsonNode? entry, string path)
    {
        if (entry is not JsonObject fields || fields["dtype"] is not JsonValue type || fields["shape"] is not JsonArray sizes
            || fields["data_offsets"] is not JsonArray { Count: 2 } offsets)
        {
            throw new InvalidDataException($"{path}: tensor '{name}' has no dtype, shape and data_offsets");
        }

        if (!Types.TryGetValue((string)type!, out var dtype))
        {
            throw new InvalidDataException(
                $"{path}: tensor '{name}' has type {type}, which is not supported; these are: {string.Join(", ", Types.Keys)}");
        }

        var shape = sizes.Select(size => (long)size!).ToArray();
        var (start, end) = ((long)offsets[0]!, (long)offsets[1]!);
        var tensor = empty(shape, dtype);
        if (start < 0 || end - start != tensor.numel() * tensor.element_size() || data + end > file.Length)
        {
            throw new InvalidDataException(
                $"{path}: tensor '{name}' of shape [{string.Join(", ", shape)}] is said to be at {start} to {end}, and the file has "
                + $"{file.Length - data} bytes of data: it is cut off or damaged");
        }

        file.Position = data + start;
        file.ReadExactly(tensor.bytes);
        return tensor;
    }
}
