using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>What the exported projects of Azure AI Language have in common.</summary>
internal abstract class AzureProject : JsonProject
{
    private readonly StringIndexType _unit;

    protected AzureProject(string fileName, Stream source, FindingLog log, ValidationSettings limits)
        : base(fileName, source, log, limits)
    {
        var stated = Root.Of("stringIndexType");
        var unit = stated.ValueKind == JsonValueKind.String ? stated.GetString()! : "Utf16CodeUnit";
        _unit = unit.ToLowerInvariant() switch
        {
            "utf16codeunit" => StringIndexType.Utf16CodeUnit,
            "unicodecodepoint" => StringIndexType.UnicodeCodePoint,
            _ => throw new UnreadableFileException(FindingCode.FormatNotRead,
                $"This is a project of Azure AI Language whose stringIndexType is {unit}: export it with stringIndexType=Utf16CodeUnit."),
        };
    }

    protected JsonElement Assets => Root.Of("assets");

    protected static Split? SplitOf(JsonElement example) => example.StringOf("dataset")?.ToLowerInvariant() switch
    {
        "train" => Split.Train,
        "test" => Split.Test,
        _ => null,
    };

    /// <summary>Adds a span that is given by its offset and length.</summary>
    protected void AddSpan(Record record, JsonElement entity)
    {
        var start = entity.NumberOf("offset");
        (record.SpanUnit, record.SpanEnd) = (_unit, SpanEnd.Exclusive);
        record.AddSpan(entity.TextOf("category"), start, start + entity.NumberOf("length"), offset: record.OffsetOf(entity));
    }
}
