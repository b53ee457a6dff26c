namespace Droptune.Core.Datasets.Records;

/// <summary>Reads one format: turns a stream of bytes, known to be UTF-8, into records.</summary>
internal interface IDatasetReader : IDisposable
{
    /// <summary>The format's name in the report.</summary>
    string Format { get; }

    /// <summary>Fills <paramref name="record"/> with the next example; false at the end. What cannot be read is reported and left out.</summary>
    bool Read(Record record);

    /// <summary>What tells the owner of tags that are of no scheme where the right ones are, or what the file seems to be; null = nothing.</summary>
    string? TagHint => null;
}
