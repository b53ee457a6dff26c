using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Examples that lack something; whether that is a fault is known only at the end.</summary>
internal sealed class LackingExamples
{
    private readonly List<(string? File, long Line, byte[] Excerpt)> _first = [];

    public long Count { get; private set; }

    public void Add(bool isLacking, Record record)
    {
        if (!isLacking)
        {
            return;
        }

        if (Count++ < 100)
        {
            var source = record.Source.Span;
            _first.Add((record.File, record.Line, source[..Math.Min(source.Length, 512)].ToArray()));
        }
    }

    public void Report(FindingLog log, FindingCode code, string message)
    {
        foreach (var (file, line, excerpt) in _first)
        {
            log.Add(code, file, line, 0, excerpt, $"{message}");
        }

        for (var i = _first.Count; i < Count; i++)
        {
            log.Add(code, message);
        }
    }
}
