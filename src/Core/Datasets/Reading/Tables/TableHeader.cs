namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>The first line of a table, and what its names say of the rows. Names are compared in lower case.</summary>
internal sealed record TableHeader(char Separator, IReadOnlyList<string> Names)
{
    private static readonly string[] Tokens = ["tokens", "words", "word", "token", "sentence", "text"];
    private static readonly string[] Tags = ["tags", "ner_tags", "tag", "ner_tag", "ner", "labels"];
    private static readonly string[] Sentences = ["sentence #", "sentence_id", "sentence id", "sentence_idx", "sent_id", "sentence"];

    public static TableHeader Of(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? head : head[..end]);
        var separator = ",;\t".MaxBy(separator => line.Count(c => c == separator));
        return new(separator, [.. line.Split(separator).Select(name => name.Trim(' ', '"').ToLowerInvariant())]);
    }

    /// <summary>The column of the label, or of the labels where a text can have several.</summary>
    public string LabelColumn(DatasetManifest manifest) =>
        manifest.HasSeveralLabels() && !Names.Contains(manifest.LabelColumn.ToLowerInvariant()) && Names.Contains("labels") ? "labels" : manifest.LabelColumn;

    /// <summary>The columns of a row for each word, and of what tells sentences apart (-1 = none does); null where rows are not so.</summary>
    public (int Token, int Tag, int Sentence)? Words =>
        First(["word", "token"]) is >= 0 and var token && First(Tags) is >= 0 and var tag ? (token, tag, First(Sentences)) : null;

    /// <summary>The columns of a row for each sentence, whose tokens and tags are lists; null where rows are not so.</summary>
    public (int Tokens, int Tags)? Lists(DatasetManifest manifest) =>
        !Names.Contains(LabelColumn(manifest).ToLowerInvariant()) && Words is null && First(Tags) is >= 0 and var tags && First(Tokens) is >= 0 and var tokens ? (tokens, tags) : null;

    private int First(string[] names) => names.Select(name => Names.ToList().IndexOf(name)).FirstOrDefault(index => index >= 0, -1);
}
