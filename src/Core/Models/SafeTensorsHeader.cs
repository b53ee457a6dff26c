using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace Droptune.Core.Models;

/// <summary>
/// What a safetensors file says of its tensors: an 8-byte header length, a JSON header with type, shape and place of each, then
/// the little-endian data (huggingface/safetensors, "Format"). It is checked against the file's length, so that nobody asks
/// for memory that no tensor fills.
/// </summary>
/// <param name="Tensors">All tensors, in the order of the header.</param>
/// <param name="DataStart">Where the data begins, in bytes.</param>
public sealed record SafeTensorsHeader(IReadOnlyList<StoredTensor> Tensors, long DataStart)
{
    /// <summary>Bytes of a number by its type.</summary>
    public static readonly IReadOnlyDictionary<string, int> Sizes = new Dictionary<string, int>
    {
        ["F64"] = 8,
        ["F32"] = 4,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I64"] = 8,
        ["I32"] = 4,
        ["U8"] = 1,
        ["BOOL"] = 1,
    };

    private const int LargestHeader = 100_000_000; // the limit of the reference implementation

    /// <param name="stream">The file from its start.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">The file is damaged; the message names it and what is wrong.</exception>
    public static SafeTensorsHeader Read(Stream stream, long length, string file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
        {
            throw new InvalidDataException($"{file} is not a safetensors file: it has {length} bytes");
        }

        var size = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (size is < 2 or > LargestHeader || size > length - prefix.Length)
        {
            throw new InvalidDataException($"{file} is not a safetensors file, or cut off: its header would have {size} bytes");
        }

        var json = new byte[size];
        stream.ReadExactly(json);
        try
        {
            var dataLength = length - prefix.Length - size;
            return new([.. JsonNode.Parse(json)!.AsObject().Where(entry => entry.Key != "__metadata__").Select(entry => Tensor(entry.Key, entry.Value, dataLength, file))],
                prefix.Length + size);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{file} is not a safetensors file: its header is not a JSON object of tensors", e);
        }
    }

    private static StoredTensor Tensor(string name, JsonNode? entry, long dataLength, string file)
    {
        if (entry is not JsonObject fields || fields["dtype"] is not JsonValue type || fields["shape"] is not JsonArray sizes
            || fields["data_offsets"] is not JsonArray { Count: 2 } offsets)
        {
            throw new InvalidDataException($"{file}: tensor '{name}' has no dtype, shape and data_offsets");
        }

        if (!Sizes.TryGetValue((string)type!, out var bytes))
        {
            throw new InvalidDataException(
                $"{file}: tensor '{name}' has type {type}, which is not supported; these are: {string.Join(", ", Sizes.Keys)}");
        }

        var tensor = new StoredTensor(name, (string)type!, [.. sizes.Select(size => (long)size!)], (long)offsets[0]!, (long)offsets[1]!);
        var expected = tensor.Shape.Aggregate((Int128)bytes, (product, size) => size < 0 || product > dataLength ? -1 : product * size);
        return tensor.Start >= 0 && tensor.End <= dataLength && tensor.End - tensor.Start == expected
            ? tensor
            : throw new InvalidDataException(
                $"{file}: tensor '{name}' of shape [{string.Join(", ", tensor.Shape)}] is said to be at {tensor.Start} to {tensor.End}, and the file has "
                + $"{dataLength} bytes of data: it is cut off or damaged");
    }
}

/// <summary>A tensor of a safetensors file: its place in bytes, counted from the data's start.</summary>
public sealed record StoredTensor(string Name, string Type, long[] Shape, long Start, long End);
