using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets.Reading;

/// <summary>Finds the reader of a file: by its extension, and by its content where the extension says too little.</summary>
internal static class DatasetFormat
{
    /// <summary>The extension in lower case, without the dot, ".gz" aside.</summary>
    public static string ExtensionOf(string fileName)
    {
        var name = fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? fileName[..^3] : fileName;
        return Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
    }

    /// <summary>The reader; null when no format fits.</summary>
    public static IDatasetReader? ReaderOf(string fileName, SourceStream source, FindingLog log, DatasetManifest manifest) =>
        ExtensionOf(fileName) switch
        {
            "conll" or "txt" or "tsv" => new ConllReader(source, log, manifest.Validation),
            "jsonl" or "json" => new JsonLinesReader(source, log, manifest),
            _ => null,
        };
}
