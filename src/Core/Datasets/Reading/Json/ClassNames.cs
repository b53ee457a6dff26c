using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// The names of numbered classes, which Hugging Face's datasets keep beside the data: in <c>dataset_infos.json</c> by column, or in a
/// file <c>names</c>, one a line. Looked for when the first number is met.
/// </summary>
internal sealed class ClassNames(DatasetFolder? folder, string fileName)
{
    private static readonly string[] Infos = ["dataset_infos.json", "dataset_info.json"];
    private static readonly string[] Lists = ["names", "names.txt"];

    private Dictionary<string, string[]>? _byColumn;
    private string[]? _ofAll;

    /// <summary>Whether a file holds names, and no examples.</summary>
    public static bool IsOne(string fileName) => fileName[(fileName.LastIndexOf('/') + 1)..] is var name && (Infos.Contains(name) || Lists.Contains(name));

    /// <summary>The names of a column's classes; null where nothing says them.</summary>
    public string[]? Of(string column)
    {
        if (_byColumn is null)
        {
            _byColumn = [];
            Load();
        }

        return _byColumn.GetValueOrDefault(column) ?? _ofAll;
    }

    /// <summary>The name of a class; null where nothing says it.</summary>
    public string? Of(string column, long number) => Of(column) is { } names && number >= 0 && number < names.Length ? names[number] : null;

    /// <summary>Adds the names in Hugging Face's description of a dataset's columns.</summary>
    public static void Add(Dictionary<string, string[]> names, JsonElement features)
    {
        foreach (var feature in features.EnumerateObject())
        {
            var type = feature.Value.ValueKind == JsonValueKind.Object && feature.Value.TryGetProperty("feature", out var inner) ? inner : feature.Value;
            if (type.ValueKind == JsonValueKind.Object && type.TryGetProperty("names", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                names[feature.Name] = [.. list.EnumerateArray().Select(name => name.GetString() ?? "")];
            }
        }
    }

    private void Load()
    {
        const int Most = 1 << 24;
        if (Lists.Select(Find).FirstOrDefault(file => file is not null) is { } list)
        {
            _ofAll = [.. Encoding.UTF8.GetString(folder!.ReadText(list, Most)).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(name => name.Trim())];
        }

        foreach (var file in Infos.Select(Find).OfType<DatasetFile>())
        {
            try
            {
                using var infos = JsonDocument.Parse(folder!.ReadText(file, Most));
                if (infos.RootElement.Of("features") is { ValueKind: JsonValueKind.Object } features)
                {
                    Add(_byColumn!, features);
                    continue;
                }

                foreach (var configuration in infos.RootElement.EnumerateObject().Where(configuration => configuration.Value.Of("features").ValueKind == JsonValueKind.Object))
                {
                    Add(_byColumn!, configuration.Value.Of("features"));
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new UnreadableFileException(FindingCode.MalformedRecord, $"{file.Name}, which should name the classes, is not as Hugging Face writes it.");
            }
        }
    }

    private DatasetFile? Find(string name) => folder?.Find(fileName, name);
}
