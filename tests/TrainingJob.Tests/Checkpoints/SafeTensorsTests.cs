using System.Buffers.Binary;
using Droptune.TrainingJob.Checkpoints;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Checkpoints;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("droptune tensors ").FullName, "a.safetensors");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBitForBit()
    {
        using var scope = NewDisposeScope();
        (string Name, Tensor Value)[] tensors =
        [
            ("weights", randn(3, 5)),
            ("half", randn(2, 2).to(ScalarType.Float16)),
            ("brain", randn(7).to(ScalarType.BFloat16)),
            ("column", randn(4, 3).t()), // not contiguous
            ("counts", tensor(new[] { 1, -2, 3 })),
            ("scalar", tensor(2.5)),
            ("empty", zeros(0, 4)),
        ];

        SafeTensors.Write(_path, tensors);
        var read = SafeTensors.Read(_path);

        Assert.Equal(tensors.Length, read.Count);
        foreach (var (name, value) in tensors)
        {
            Assert.Equal(value.dtype, read[name].dtype);
            Assert.Equal(value.shape, read[name].shape);
            Assert.Equal(value.contiguous().bytes.ToArray(), read[name].bytes.ToArray());
        }
    }

    [Fact]
    public void Write_AnyTensors_AlignsDataAndNamesPyTorch()
    {
        using var scope = NewDisposeScope();

        SafeTensors.Write(_path, [("a", zeros(1)), ("b", zeros(2))]);

        var bytes = File.ReadAllBytes(_path);
        var header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        Assert.StartsWith("""{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""",
            Encoding.UTF8.GetString(bytes, 8, (int)header), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "", "it has 0 bytes")]
    [InlineData(0xffffffffL, "{}", "cut off")]
    [InlineData(2L, "[]", "not a JSON object")]
    [InlineData(2L, "{,", "not a JSON object")]
    [InlineData(21L, """{"a":{"dtype":"F32"}}""", "'a' has no dtype, shape and data_offsets")]
    [InlineData(53L, """{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}""", "type F8, which is not supported; these are: F64, F32")]
    [InlineData(65L, """{"a":{"dtype":"F32","shape":[8589934592,8],"data_offsets":[0,4]}}1234""", "[8589934592, 8] is said to be at 0 to 4")]
    [InlineData(74L, """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "is said to be at 0 to 0")]
    [InlineData(56L, """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}1234""", "[-1] is said to be")]
    [InlineData(54L, """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}1234""", "[2] is said to be at 0 to 8, and the file has 4 bytes of data")]
    public void Read_DamagedFile_SaysWhatIsWrong(long? headerLength, string rest, string problem)
    {
        File.WriteAllBytes(_path, [.. headerLength is { } length ? BitConverter.GetBytes(length) : [], .. Encoding.UTF8.GetBytes(rest)]);

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Read(_path));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
    }
}
