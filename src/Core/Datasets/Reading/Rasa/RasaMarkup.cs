using System.Text.RegularExpressions;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Rasa;

/// <summary>An example of Rasa's training data: a text in which <c>[Leeds](city)</c> or <c>[Leeds]{"entity": "city"}</c> is an entity.</summary>
internal sealed partial class RasaMarkup
{
    private readonly TextPieces _pieces = new();

    /// <summary>Whether an entity so far had a value, role or group: they are not read.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Fills the record; says what is wrong with the example, or null.</summary>
    public string? Read(string example, string intent, Record record)
    {
        var end = 0;
        _pieces.Clear();
        foreach (Match entity in Entity().Matches(example))
        {
            _pieces.Add(example.AsSpan(end, entity.Index - end));
            end = entity.Index + entity.Length;
            if (LabelOf(entity) is not { Length: > 0 } label)
            {
                return $"{entity.Value} is no entity as Rasa writes it, [text](label) or [text]{{\"entity\": \"label\"}}, or one of several labels.";
            }

            _pieces.Add(entity.Groups["text"].Value, label);
        }

        _pieces.Add(example.AsSpan(end));
        _pieces.MoveTo(record);
        record.Labels.Add(intent);
        return null;
    }

    private string? LabelOf(Match entity)
    {
        if (entity.Groups["label"] is { Success: true } label)
        {
            HasMore |= entity.Groups["value"].Success;
            return label.Value.Trim();
        }

        try
        {
            using var keys = JsonDocument.Parse(entity.Groups["json"].Value);
            HasMore |= keys.RootElement.EnumerateObject().Any(key => key.Name != "entity");
            return keys.RootElement.StringOf("entity");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex("""\[(?<text>[^\[\]]+)\](?:\((?<label>[^:()]+)(?::(?<value>[^)]*))?\)|(?<json>\{[^{}]*\}|\[[^\[\]]*\]))""")]
    private static partial Regex Entity();
}
