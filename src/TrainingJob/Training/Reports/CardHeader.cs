using Droptune.Core.Hub;

namespace Droptune.TrainingJob.Training.Reports;

/// <summary>The metadata at the top of a version's card, by which hubs list and load it (https://huggingface.co/docs/hub/model-cards).</summary>
internal static class CardHeader
{
    private const string Other = "other"; // of a licence that hubs have no name for

    /// <summary>The lines, with those of dashes around them. What is not known is left out, but for the licence.</summary>
    /// <param name="task">What the model does.</param>
    /// <param name="start">What it was trained from; named where it is of the hub.</param>
    /// <param name="base">What the base's card says; null from scratch.</param>
    public static string Write(TaskKind task, string start, BaseLicence? @base)
    {
        var (header, licences) = (new StringBuilder($"{CardMetadata.Fence}\n"), Listed(@base?.Name ?? "unknown"));
        if (licences[0].Split(": ") is [Other, var name])
        {
            header.Append(CultureInfo.InvariantCulture, $"license: {Other}\nlicense_name: {Quoted(name)}\n");
        }
        else
        {
            header.Append(CultureInfo.InvariantCulture, $"license: {(licences is [var one] ? Quoted(one) : $"[{string.Join(", ", licences.Select(Quoted))}]")}\n");
        }

        if (@base?.Languages is { Length: > 0 } languages)
        {
            header.Append(CultureInfo.InvariantCulture, $"language: [{string.Join(", ", Listed(languages).Select(Quoted))}]\n");
        }

        if (HubName.Parse(start) is { } model)
        {
            header.Append(CultureInfo.InvariantCulture, $"base_model: {Quoted(model.Id)}\n");
        }

        header.Append(CultureInfo.InvariantCulture, $"pipeline_tag: {(task.HasEntities() ? "token" : "text")}-classification\nlibrary_name: transformers\n");
        return header.Append(CultureInfo.InvariantCulture, $"{CardMetadata.Fence}\n").ToString();
    }

    /// <summary>The card of a version in a folder, with metadata on top where it has none, as that of an earlier program.</summary>
    public static string Complete(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.Card);
        var card = File.Exists(path) ? File.ReadAllText(path) : $"# {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}\n";
        return card.StartsWith($"{CardMetadata.Fence}\n", StringComparison.Ordinal) ? card : Write(ModelConfig.Load(folder).Task, Start(folder, out var licence), licence) + card;
    }

    /// <summary>What a version was trained from, by its record; of that only this is read, as earlier programs wrote other things too.</summary>
    private static string Start(string folder, out BaseLicence? licence)
    {
        licence = null;
        try
        {
            using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, ModelFileNames.Training)));
            if (record.RootElement.TryGetProperty("baseLicence", out var stated))
            {
                licence = stated.Deserialize<BaseLicence>(DroptuneJson.Compact);
            }

            return record.RootElement.GetProperty("start").GetProperty("name").GetString() ?? BaseModel.Scratch;
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return BaseModel.Scratch; // as far as is known
        }
    }

    private static string[] Listed(string texts) => texts.Split(", ");

    // JSON's strings are YAML's too; "no" without quotes would be false, and not Norwegian.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
