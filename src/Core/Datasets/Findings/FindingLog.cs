using System.Runtime.CompilerServices;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Findings;

/// <summary>Collects findings: counts all of them, keeps the first of each code.</summary>
internal sealed class FindingLog
{
    private readonly Severity[] _severities = [.. Enum.GetValues<FindingCode>().Select(code => FindingRule.Of(code).Severity)];
    private readonly long[] _counts = new long[Enum.GetValues<FindingCode>().Length];
    private readonly List<Finding> _kept = [];
    private int _keptPerCode = 100;

    /// <summary>The file being read; null for findings about the dataset.</summary>
    public string? File { get; set; }

    /// <summary>Records that are not in the snapshot; each has a finding.</summary>
    public long LeftOut { get; set; }

    public bool HasErrors => _counts.Index().Any(c => c.Item > 0 && _severities[c.Index] == Severity.Error);

    public IReadOnlyList<FindingTotal> Totals =>
        [.. _counts.Index().Where(c => c.Item > 0)
            .Select(c => new FindingTotal((FindingCode)c.Index, _severities[c.Index], c.Item))
            .OrderBy(total => total.Severity).ThenBy(total => total.Code)];

    public IReadOnlyList<Finding> Kept =>
        [.. _kept.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Code)];

    /// <summary>Takes the manifest's severities and limit.</summary>
    public void Apply(ValidationSettings settings)
    {
        _keptPerCode = settings.FindingsPerCode;
        foreach (var (name, severity) in settings.Severities)
        {
            var code = Enum.GetValues<FindingCode>().Cast<FindingCode?>().FirstOrDefault(code => DroptuneJson.Word(code!.Value) == name);
            if (code is null)
            {
                Add(FindingCode.BadManifest, $"validation.severities names '{name}', which is no code.");
            }
            else if (FindingRule.Of(code.Value).Fixed)
            {
                Add(FindingCode.BadManifest, $"validation.severities changes '{name}', which is always an error.");
            }
            else
            {
                _severities[(int)code] = severity;
            }
        }
    }

    /// <summary>True while details of this code are kept: the caller need not compose more of them.</summary>
    public bool Keeps(FindingCode code) => _counts[(int)code] < _keptPerCode && _severities[(int)code] != Severity.Ignore;

    /// <summary>Adds a finding about a record as a whole.</summary>
    public void Add(FindingCode code, Record record, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message) =>
        Add(code, record.Line, 0, record.Source.Span, message);

    /// <summary>Adds a finding about what stands at an offset in a record.</summary>
    public void Add(
        FindingCode code, Record record, int offset, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        var (line, column) = Keeps(code) ? record.PlaceOf(offset) : default;
        Add(code, line, column, Keeps(code) ? record.LineOf(offset) : [], message);
    }

    /// <summary>Adds a finding about the whole file or dataset.</summary>
    public void Add(FindingCode code, string message) => Add(code, 0, 0, [], $"{message}");

    /// <summary>Adds a finding; line and column 0 = none. The message is composed only when it is kept.</summary>
    public void Add(
        FindingCode code, long line, int column, ReadOnlySpan<byte> excerpt,
        [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        if (_severities[(int)code] == Severity.Ignore)
        {
            return;
        }

        if (Keeps(code))
        {
            _kept.Add(new Finding
            {
                Code = code,
                Severity = _severities[(int)code],
                File = File,
                Line = line > 0 ? line : null,
                Column = column > 0 ? column : null,
                Message = message.Text,
                Advice = FindingRule.Of(code).Advice,
                Excerpt = excerpt.IsEmpty ? null : Excerpt.Of(excerpt),
            });
        }

        _counts[(int)code]++;
    }
}
