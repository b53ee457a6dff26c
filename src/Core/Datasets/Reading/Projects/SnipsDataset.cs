using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>
/// A dataset of Snips NLU, <c>{"intents": {"book": {"utterances": [{"data": [{"text", "slot_name"}, …]}]}}}</c>, or of its benchmark,
/// <c>{"book": [{"data": [{"text", "entity"}, …]}]}</c>.
/// </summary>
internal sealed class SnipsDataset(string fileName, Stream source, FindingLog log, ValidationSettings limits) : JsonProject(fileName, source, log, limits)
{
    private readonly TextPieces _pieces = new();
    private string _intent = "";

    public override string Format => "Snips";

    private bool IsOfBenchmark => Root.Of("intents").ValueKind != JsonValueKind.Object;

    protected override IEnumerable<string> NotCarriedOver() =>
        IsOfBenchmark || Root.Of("entities").ValueKind != JsonValueKind.Object ? [] :
        Root.Of("entities").EnumerateObject().Where(entity => entity.Value.ItemsOf("data").Any()).Select(entity => $"values of {entity.Name}");

    protected override IEnumerable<JsonElement> Examples()
    {
        foreach (var intent in (IsOfBenchmark ? Root : Root.Of("intents")).EnumerateObject())
        {
            _intent = intent.Name;
            foreach (var utterance in IsOfBenchmark ? intent.Value.EnumerateArray() : intent.Value.ItemsOf("utterances"))
            {
                yield return utterance;
            }
        }
    }

    protected override void Fill(Record record, JsonElement example)
    {
        _pieces.Clear();
        foreach (var piece in example.ItemsOf("data"))
        {
            if ((piece.StringOf("slot_name") ?? piece.StringOf("entity")) is { Length: > 0 } label)
            {
                _pieces.Add(piece.TextOf("text"), label);
            }
            else
            {
                _pieces.Add(piece.TextOf("text"));
            }
        }

        _pieces.MoveTo(record);
        record.Labels.Add(_intent);
    }
}
