using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>CLINC: <c>{"train": [[text, intent], …], "oos_train": …, "val": …}</c>. What is out of scope has the intent <c>oos</c>.</summary>
internal sealed class ClincSplits(string fileName, Stream source, FindingLog log, ValidationSettings limits) : JsonProject(fileName, source, log, limits)
{
    private Split? _split;

    public override string Format => "CLINC";

    protected override IEnumerable<string> NotCarriedOver() => Root.EnumerateObject().Where(list => list.Value.ValueKind != JsonValueKind.Array).Select(list => list.Name);

    protected override IEnumerable<JsonElement> Examples()
    {
        foreach (var list in Root.EnumerateObject().Where(list => list.Value.ValueKind == JsonValueKind.Array))
        {
            _split = SplitWord.Find(list.Name)?.Split;
            foreach (var pair in list.Value.EnumerateArray())
            {
                yield return pair;
            }
        }
    }

    protected override void Fill(Record record, JsonElement example)
    {
        if (example.GetArrayLength() != 2)
        {
            throw new KeyNotFoundException("it is no pair of text and intent.");
        }

        record.Split = _split;
        record.Text.Add(example[0].GetString() ?? "");
        record.Labels.Add(example[1].GetString() ?? "");
    }
}
