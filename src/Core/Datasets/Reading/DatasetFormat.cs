using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Conll;
using Droptune.Core.Datasets.Reading.Json;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Reading.Rasa;
using Droptune.Core.Datasets.Reading.Standoff;
using Droptune.Core.Datasets.Reading.Tables;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading;

/// <summary>Finds the reader of a file: by its extension, and by its content where the extension says too little.</summary>
internal static class DatasetFormat
{
    private const int HeadLength = 1 << 13; // the first line, and some more

    /// <summary>Whether a file stands beside data by custom and cannot be meant as data: a hidden one, a readme, a licence, the names of classes.</summary>
    public static bool IsCompanion(string fileName) =>
        ClassNames.IsOne(fileName) || Path.GetFileName(fileName) == UimaReader.TypeSystem || (IsNamedAsOne(fileName, out var first) && (first == '.' || ExtensionOf(fileName).Length == 0 || !HasDataExtension(fileName) || (first != '_' && ExtensionOf(fileName) == "txt")));

    /// <summary>Whether a file is data by its name.</summary>
    public static bool IsKnown(string fileName) => HasDataExtension(fileName) && !IsNamedAsOne(fileName, out _) && !ClassNames.IsOne(fileName);

    public static bool HasDataExtension(string fileName) =>
        IsParallel(fileName) || ExtensionOf(fileName) is "conll" or "txt" or "tsv" or "jsonl" or "json" or "csv" or "parquet" or "yml" or "yaml" or "md" or "ndjson" or "ann" or "xmi"
            or "conllu" or "conllup" or "bio" or "iob" or "iob2" or "bioes" or "iobes" or "bmes" or "";

    /// <summary>The reader of a file that is opened, uncompressed but not decoded.</summary>
    public static IDatasetReader ReaderOf(string fileName, PeekStream content, FindingLog log, DatasetManifest manifest, DatasetFolder folder)
    {
        var (extension, names) = (ExtensionOf(fileName), new ClassNames(folder, fileName));
        if (content.Head.StartsWith("PAR1"u8))
        {
            return new ParquetTableReader(fileName, content, log, manifest, names);
        }

        if (extension == "parquet")
        {
            throw new UnreadableFileException(FindingCode.UnreadableFile, "The file is no Parquet file: it does not begin with PAR1.");
        }

        var text = new PeekStream(Utf8Content.Open(content, manifest.Validation.MaxFileBytes), HeadLength);
        var head = text.Head.TrimStart(" \t\r\n"u8);
        if (extension == "ann")
        {
            return new BratReader(fileName, text, log, manifest.Validation, folder); // a text without entities has an empty one
        }

        if (head.IsEmpty)
        {
            throw new UnreadableFileException(FindingCode.EmptyFile, "The file is empty.");
        }

        if (DialogflowAgent.EntityOf(fileName) is { } entity)
        {
            throw new UnreadableFileException(FindingCode.AnnotationNotRead, $"Not read: values of the Dialogflow entity {entity}.");
        }

        if (extension is "json" or "jsonl" or "" && ProjectFormat.ReaderOf(fileName, head, text, log, manifest, folder) is { } project)
        {
            return project;
        }

        return extension switch
        {
            "json" or "jsonl" or "ndjson" => IsWholeLine(head) ? new JsonLinesReader(text, log, manifest, names) : new JsonElementsReader(text, log, manifest, names),
            "txt" when SplitPlan.IsUnlabelled(fileName) => new TextLinesReader(text, log, manifest.Validation),
            "yml" or "yaml" => new RasaYamlReader(fileName, text, log, manifest.Validation),
            "md" when RasaMarkdownReader.IsOne(head) => new RasaMarkdownReader(fileName, text, log, manifest.Validation),
            "md" => throw new UnreadableFileException(FindingCode.UnknownFormat, "Of Markdown, Rasa's training data are read, and the file has no '## intent:'."),
            "xmi" => new UimaReader(fileName, text, log, manifest.Validation),
            "in" => new ParallelLinesReader(fileName, text, log, manifest.Validation, folder),
            "" when head[0] is (byte)'{' or (byte)'[' => IsWholeLine(head) ? new JsonLinesReader(text, log, manifest, names) : new JsonElementsReader(text, log, manifest, names),
            "txt" or "" when FastTextReader.IsOne(head, manifest) => new FastTextReader(text, log, manifest.Validation),
            "tsv" or "txt" or "" when head.StartsWith(WebAnnoReader.Mark) => new WebAnnoReader(fileName, text, log, manifest.Validation),
            "csv" or "tsv" or "txt" or "" when IsOfWords(head, extension, manifest) => new WordRowsReader(fileName, text, log, manifest.Validation),
            "csv" => new DelimitedReader(fileName, text, log, manifest),
            "tsv" or "txt" or "" when DelimitedReader.IsTable(head, manifest) => new DelimitedReader(fileName, text, log, manifest),
            "txt" when head.StartsWith("{\""u8) => new JsonLinesReader(text, log, manifest, names),
            "" when !ConllShape.IsEvident(head) => throw new UnreadableFileException(FindingCode.UnknownFormat, "The file has no extension, and its content is of no format that is read."),
            _ => new ConllReader(text, log, manifest),
        };
    }

    /// <summary>The files that are read with a file, and hold no examples by themselves.</summary>
    public static IEnumerable<DatasetFile> PartsOf(DatasetFile file, DatasetFolder folder, DatasetManifest manifest)
    {
        try
        {
            return ExtensionOf(file.Name) switch
            {
                _ when IsParallel(file.Name) => ParallelLinesReader.PartsOf(file.Name, folder),
                _ when !IsKnown(file.Name) || file.Name == DatasetFile.ManifestName => [],
                "ann" => BratReader.PartsOf(file.Name, folder),
                "json" => DialogflowAgent.PartsOf(file.Name, folder) ?? ProjectFormat.PartsOf(file, folder, manifest, HeadLength),
                _ => [],
            };
        }
        catch (UnreadableFileException)
        {
            return []; // reported when the file is read
        }
    }

    /// <summary>Whether a table has a row for each word. Between tabs it may be CoNLL with a header: its sentences must have a column.</summary>
    private static bool IsOfWords(ReadOnlySpan<byte> head, string extension, DatasetManifest manifest) =>
        !DelimitedReader.IsTable(head, manifest) && TableHeader.Of(head).Words is { } columns && (extension == "csv" || columns.Sentence >= 0);

    private static bool IsParallel(string fileName) => fileName == ParallelLinesReader.Words || fileName.EndsWith("/" + ParallelLinesReader.Words, StringComparison.Ordinal);

    private static bool IsNamedAsOne(string fileName, out char first)
    {
        var name = fileName[(fileName.LastIndexOf('/') + 1)..];
        first = name.FirstOrDefault();
        return first is '.' or '_' || name.StartsWith("readme", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("licen", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The extension in lower case, without the dot, ".gz" aside.</summary>
    private static string ExtensionOf(string fileName)
    {
        var name = fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? fileName[..^3] : fileName;
        return Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
    }

    /// <summary>
    /// Whether the first line is meant to be a record by itself: an object that does not go on over the next lines. A
    /// broken one counts, so that its line is named and the others are still read.
    /// </summary>
    private static bool IsWholeLine(ReadOnlySpan<byte> head)
    {
        if (head[0] != '{')
        {
            return head[0] != '[';
        }

        var end = head.IndexOf((byte)'\n');
        var line = head[..(end < 0 ? head.Length : end)].TrimEnd(" \t\r"u8);
        var rest = end < 0 ? [] : head[end..].TrimStart(" \t\r\n"u8);
        return IsJson(line) || (line.Length > 1 && (rest.IsEmpty || rest[0] == '{'));
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
