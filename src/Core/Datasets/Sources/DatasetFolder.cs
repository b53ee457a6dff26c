namespace Droptune.Core.Datasets.Sources;

/// <summary>The files of a dataset as its readers find them: uncompressed, and by a path that another file names.</summary>
/// <param name="files">All of them.</param>
/// <param name="limits">Of what is read.</param>
/// <param name="opening">Gets the name of each that is opened.</param>
/// <param name="cancellationToken">Ends the reading.</param>
internal sealed class DatasetFolder(
    IReadOnlyList<DatasetFile> files, ValidationSettings limits, Action<string?>? opening, CancellationToken cancellationToken)
{
    /// <summary>Bytes by which a binary format or an encoding is known.</summary>
    public const int MagicLength = 4;

    private readonly Dictionary<string, DatasetFile> _byName = files.DistinctBy(file => file.Name).ToDictionary(file => file.Name);

    public IReadOnlyList<DatasetFile> Files => files;

    /// <summary>The file of a name; null where there is none.</summary>
    public DatasetFile? Named(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A file's content, uncompressed if it was compressed, whatever its name says.</summary>
    public PeekStream Open(DatasetFile file)
    {
        opening?.Invoke(file.Name);

        // The gate runs on a thread of its own, so waiting for a stream blocks nobody.
        var stored = new PeekStream(file.OpenAsync(cancellationToken).GetAwaiter().GetResult(), 3);
        return new PeekStream(
            GzipContent.IsGzip(stored.Head) ? GzipContent.Open(stored, limits.MaxCompressionRatio) : stored, MagicLength);
    }

    /// <summary>A file's content as UTF-8, its first bytes to be looked at.</summary>
    public PeekStream OpenText(DatasetFile file, int headLength = MagicLength) =>
        new(Utf8Content.Open(Open(file), limits.MaxFileBytes), headLength);

    /// <summary>
    /// The file that <paramref name="from"/> names by a path: beside it, else the only one of the dataset whose path ends so.
    /// Null where there is none.
    /// </summary>
    public DatasetFile? Find(string from, string path)
    {
        path = path.Replace('\\', '/').TrimStart('/');
        var beside = from[..(from.LastIndexOf('/') + 1)] + path;
        return Named(beside)
            ?? (files.Where(file => file.Name == path || file.Name.EndsWith("/" + path, StringComparison.Ordinal)).Take(2).ToList() is [var only] ? only : null);
    }

    /// <summary>All of a text file, as UTF-8; one of more bytes than <paramref name="most"/> cannot be read.</summary>
    public byte[] ReadText(DatasetFile file, int most)
    {
        using var content = OpenText(file);
        return ReadAll(content, most);
    }

    /// <summary>All of a stream; one of more bytes than <paramref name="most"/> cannot be read.</summary>
    public static byte[] ReadAll(Stream content, int most)
    {
        var all = new MemoryStream();
        var block = new byte[1 << 16];
        while (content.Read(block) is > 0 and var length)
        {
            all.Write(block, 0, length);
            if (all.Length > most)
            {
                throw new UnreadableFileException(FindingCode.FileTooLarge, $"It is read whole, and has more than {most} bytes.");
            }
        }

        return all.ToArray();
    }
}
