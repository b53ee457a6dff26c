using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Droptune.Tests;

/// <summary>Files of <c>tests/data</c>.</summary>
public static class TestData
{
    private static readonly string Root = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "data");

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Cases that the tests of the page's modules read as well.</summary>
    public static T Shared<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllText(PathOf("shared", name)), JsonSerializerOptions.Web)!;

    /// <summary>Lines of a gzip file, cut at LF only: some cases hold other line ends.</summary>
    public static IEnumerable<string> GzipLines(params string[] parts)
    {
        using var file = File.OpenRead(PathOf(parts));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));

        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    public static byte[] GzipBytes(params string[] parts)
    {
        using var file = new GZipStream(File.OpenRead(PathOf(parts)), CompressionMode.Decompress);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
