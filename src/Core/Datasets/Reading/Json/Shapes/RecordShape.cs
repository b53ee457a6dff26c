using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>A shape of records that the flat one has nothing to do with; it is known by a key.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Fill">Fills the record, whose source is the element; says what is wrong with it, or null.</param>
internal sealed record RecordShape(string Name, Func<JsonElement, Record, UnreadAnnotations, string?> Fill)
{
    public static readonly RecordShape Cluener = new("CLUENER", CluenerLabels.Read);
    public static readonly RecordShape Dialogflow = new("Dialogflow", DialogflowPhrase.Read);
    private static readonly RecordShape Dataturks = new("Dataturks", DataturksDocument.Read);
    private static readonly RecordShape Luis = new("LUIS", LuisUtterance.Read);
    private static readonly RecordShape Massive = new("MASSIVE", MassiveUtterance.Read);
    private static readonly RecordShape OpenAi = new("OpenAI", OpenAiChat.Read);

    /// <summary>The shape of a record that has a key, whose value the reader is at; null where the key is none of a shape.</summary>
    public static RecordShape? Find(string key, JsonTokenType value, Record record) => (key, value) switch
    {
        ("annot_utt", JsonTokenType.String) => Massive,
        ("entityLabels", JsonTokenType.StartArray) or ("intentName", JsonTokenType.String) => Luis,
        ("messages", JsonTokenType.StartArray) => OpenAi,
        ("annotation", _) when record.Source.Span.IndexOf("\"content\""u8) >= 0 => Dataturks,
        _ => null,
    };
}
