using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Projects;
using Droptune.Core.Datasets.Reading.Rasa;
using Droptune.Core.Datasets.Reading.Standoff;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading;

/// <summary>Knows the JSON files that are one document by the keys that they begin with.</summary>
internal static class ProjectFormat
{
    private const string Entities = "CustomEntityRecognition";

    /// <summary>The reader of such a file; null where it is none. <paramref name="head"/> is the beginning of its text.</summary>
    public static IDatasetReader? ReaderOf(string fileName, ReadOnlySpan<byte> head, Stream text, FindingLog log, DatasetManifest manifest, DatasetFolder folder)
    {
        var limits = manifest.Validation;
        var keys = KeysOf(head);
        return keys switch
        {
            _ when IsAzure(keys) => KindOf(head) switch
            {
                "Conversation" => new AzureConversation(fileName, text, log, limits),
                (Entities or "CustomSingleLabelClassification" or "CustomMultiLabelClassification") and var kind => new AzureDocuments(fileName, text, log, limits, folder, kind == Entities),
                var kind => throw new UnreadableFileException(FindingCode.FormatNotRead,
                    $"This is a project of Azure AI Language of the kind {kind ?? "that its first lines do not say"}: projects of the kinds Conversation, CustomEntityRecognition and Custom…Classification are read."),
            },
            ["%TYPES" or "%FEATURE_STRUCTURES", ..] => new UimaReader(fileName, text, log, limits),
            _ when keys.Contains("luis_schema_version") => new LuisApp(fileName, text, log, limits),
            _ when keys.Contains("rasa_nlu_data") => new RasaJson(fileName, text, log, limits),
            _ when keys.Contains("classes") && keys.Contains("annotations") => new SpacyAnnotator(fileName, text, log, limits),
            _ when BeginsWith(head, "{P[[SS]") => new ClincSplits(fileName, text, log, limits),
            _ when BeginsWith(head, "{P[{P[{P") && keys is [not ("paragraphs" or "annotations" or "data"), ..] => new SnipsDataset(fileName, text, log, limits),
            _ when keys is ["entities", ..] && BeginsWith(head, "{P{") => new SnipsDataset(fileName, text, log, limits),
            _ when keys.Contains("intents") && keys.Contains("language") && !keys.Contains("utterances") => new SnipsDataset(fileName, text, log, limits),
            _ => null,
        };
    }

    /// <summary>The texts that are parts of such a file.</summary>
    public static IEnumerable<DatasetFile> PartsOf(DatasetFile file, DatasetFolder folder, DatasetManifest manifest, int headLength)
    {
        using var text = folder.OpenText(file, headLength);
        if (KindOf(text.Head) is not { } kind || !kind.StartsWith("Custom", StringComparison.Ordinal) || !IsAzure(KeysOf(text.Head)))
        {
            return [];
        }

        using var project = new AzureDocuments(file.Name, text, new FindingLog(), manifest.Validation, folder, kind == Entities);
        try
        {
            return [.. project.Documents()];
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            return []; // reported when the project is read
        }
    }

    private static bool IsAzure(List<string> keys) => keys.Contains("projectFileVersion") || (keys.Contains("assets") && keys.Contains("metadata"));

    /// <summary>The keys of the document itself, as far as its head goes; none where it is no object.</summary>
    private static List<string> KeysOf(ReadOnlySpan<byte> head)
    {
        var keys = new List<string>();
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType != JsonTokenType.StartObject)
                {
                    break; // a list, or the end: other objects may follow
                }

                if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName })
                {
                    keys.Add(reader.GetString()!);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The head is cut inside a character, or is no JSON: the reader of records says so.
        }

        return keys;
    }

    /// <summary>Whether a document's first tokens are these: brackets, P for a key, S for a string.</summary>
    private static bool BeginsWith(ReadOnlySpan<byte> head, string tokens)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        try
        {
            foreach (var token in tokens)
            {
                var isToken = reader.Read() && token == reader.TokenType switch
                {
                    JsonTokenType.StartObject => '{',
                    JsonTokenType.StartArray => '[',
                    JsonTokenType.EndArray => ']',
                    JsonTokenType.PropertyName => 'P',
                    JsonTokenType.String => 'S',
                    _ => ' ',
                };
                if (!isToken)
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The first "projectKind" in a project of Azure.</summary>
    private static string? KindOf(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("projectKind"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // As above.
        }

        return null;
    }
}
