using System.Security.Cryptography;

namespace Droptune.Functions.Ui;

/// <summary>A file of the page, as src/Ui/build.mjs stores it in this assembly: compressed by gzip.</summary>
public sealed record PageFile(string Name, ReadOnlyMemory<byte> Compressed)
{
    public const string Start = "index.html";

    private const string Prefix = "ui/";

    private static readonly Lazy<Dictionary<string, PageFile>> Files = new(() =>
        typeof(PageFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => new PageFile(name[Prefix.Length..], Read(name)))
            .ToDictionary(file => file.Name));

    /// <summary>Null when the page has no such file.</summary>
    public static PageFile? Find(string name) => Files.Value.GetValueOrDefault(name);

    public string ContentType => Path.GetExtension(Name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var extension => throw new InvalidOperationException($"The page has a file of unknown type: {extension}"),
    };

    /// <summary>Every file but the start is named by its content: it never changes under its name.</summary>
    public bool IsImmutable => Name != Start;

    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Compressed.Span))[..16]}\"";

    private static byte[] Read(string name)
    {
        using var resource = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
