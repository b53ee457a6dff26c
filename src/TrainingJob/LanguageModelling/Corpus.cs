using System.IO.Compression;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>Texts without labels: paragraphs, and dialogues turn by turn.</summary>
internal sealed class Corpus
{
    private Corpus(IReadOnlyList<CorpusFile> files) => Files = files;

    public IReadOnlyList<CorpusFile> Files { get; }

    public IEnumerable<string> Lines => Files.SelectMany(file => file.Dialogues).SelectMany(dialogue => dialogue);

    /// <summary>
    /// Reads text files (<c>.txt</c>, <c>.txt.gz</c>) and those of folders. A file with blank lines in it holds dialogues, a turn a line and a
    /// blank line between two; any other holds running text, a paragraph a line.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is not UTF-8, or there is no text; the message says where.</exception>
    public static Corpus Read(IReadOnlyList<string> paths)
    {
        var files = paths.SelectMany(Find).Distinct().ToList().ConvertAll(CorpusFile.Read);
        return files.Exists(file => file.Lines > 0)
            ? new(files)
            : throw new InvalidDataException($"There is no text in {string.Join(", ", paths)}: a corpus is files *.txt or *.txt.gz in UTF-8.");
    }

    private static IEnumerable<string> Find(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsText).Order(StringComparer.Ordinal)
        : File.Exists(path) ? [path] : throw new FileNotFoundException($"There is no file or folder '{path}'.", path);

    private static bool IsText(string path) =>
        path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A file of a corpus.</summary>
/// <param name="Name">Without its folder.</param>
/// <param name="Dialogues">Turns of each; of running text every paragraph is one of a single turn.</param>
internal sealed record CorpusFile(string Name, IReadOnlyList<string[]> Dialogues)
{
    public bool HasDialogues { get; } = Dialogues.Any(dialogue => dialogue.Length > 1);

    public int Lines { get; } = Dialogues.Sum(dialogue => dialogue.Length);

    public static CorpusFile Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream content = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var (groups, group, gaps) = (new List<string[]>(), new List<string>(), 0);
        for (var number = 1; ReadLine(reader, path, number) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                gaps += group.Count == 0 && groups.Count > 0 ? 1 : 0;
                group.Add(line.Trim());
            }
            else
            {
                End();
            }
        }

        End();
        return new(Path.GetFileName(path), gaps > 0 ? groups : [.. groups.SelectMany(paragraphs => paragraphs).Select(paragraph => new[] { paragraph })]);

        void End()
        {
            if (group.Count > 0)
            {
                groups.Add([.. group]);
                group.Clear();
            }
        }
    }

    private static string? ReadLine(StreamReader reader, string path, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}, line {number} or soon after it: {(e is DecoderFallbackException ? "not UTF-8" : "damaged gzip")}.", e);
        }
    }
}
