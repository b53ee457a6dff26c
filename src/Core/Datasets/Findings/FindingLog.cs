using System.Runtime.CompilerServices;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Findings;

/// <summary>
/// Collects findings: counts all of them, keeps the first of each code. It alone knows which records are left out, and a
/// record gets there by a finding only.
/// </summary>
internal sealed class FindingLog
{
    private readonly Severity[] _severities = [.. Enum.GetValues<FindingCode>().Select(code => FindingRule.Of(code).Severity)];
    private readonly long[] _counts = new long[Enum.GetValues<FindingCode>().Length];
    private readonly List<Finding> _kept = [];
    private int _keptPerCode = 100;
    private (Record? Record, long Number) _lastLeftOut;

    /// <summary>Records that are not in the snapshot.</summary>
    public long LeftOut { get; private set; }

    public bool HasErrors => _counts.Index().Any(c => c.Item > 0 && _severities[c.Index] == Severity.Error);

    public IReadOnlyList<FindingTotal> Totals =>
        [.. _counts.Index().Where(c => c.Item > 0)
            .Select(c => new FindingTotal((FindingCode)c.Index, _severities[c.Index], c.Item))
            .OrderBy(total => total.Severity).ThenBy(total => total.Code)];

    public IReadOnlyList<Finding> Kept =>
        [.. _kept.OrderBy(f => f.Severity).ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Code)];

    public long CountOf(FindingCode code) => _counts[(int)code];

    /// <summary>Takes the manifest's severities and limit.</summary>
    public void Apply(ValidationSettings settings)
    {
        _keptPerCode = settings.FindingsPerCode;
        foreach (var (name, severity) in settings.Severities)
        {
            var code = Enum.GetValues<FindingCode>().Cast<FindingCode?>().FirstOrDefault(code => DroptuneJson.Word(code!.Value) == name);
            if (code is null)
            {
                Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"validation.severities names '{name}', which is no code.");
            }
            else if (FindingRule.Of(code.Value).Fixed)
            {
                Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"validation.severities changes '{name}', which is always an error.");
            }
            else
            {
                _severities[(int)code] = severity;
            }
        }
    }

    /// <summary>True while details of this code are kept: the caller need not compose more of them.</summary>
    public bool Keeps(FindingCode code) => _counts[(int)code] < _keptPerCode && _severities[(int)code] != Severity.Ignore;

    /// <summary>Whether the record that was begun last is left out: nothing more need be done with it.</summary>
    public bool IsLeftOut(Record record) => _lastLeftOut == (record, record.Number);

    /// <summary>Adds a finding about the dataset.</summary>
    public void Add(FindingCode code, string message) => Add(code, null, 0, 0, [], $"{message}");

    /// <summary>Adds a finding about a record, and quotes a part of it.</summary>
    public void Add(
        FindingCode code, Record record, ReadOnlySpan<byte> excerpt, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message) =>
        Add(code, record.File, record.Line, 0, excerpt, message);

    /// <summary>Adds a finding about a record as a whole.</summary>
    public void Add(FindingCode code, Record record, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message) =>
        Add(code, record, record.Source.Span, message);

    /// <summary>Adds a finding about what stands at an offset in a record.</summary>
    public void Add(
        FindingCode code, Record record, int offset, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        if (Keeps(code))
        {
            var (line, column) = record.PlaceOf(offset);
            Add(code, record.File, line, column, record.LineOf(offset), message);
        }
        else
        {
            Add(code, record, [], message);
        }
    }

    /// <summary>Adds a finding about a place in a file; line and column 0 = none. The message is composed only when it is kept.</summary>
    public void Add(
        FindingCode code, string? file, long line, int column, ReadOnlySpan<byte> excerpt,
        [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        if (_severities[(int)code] != Severity.Ignore)
        {
            Count(code, file, line, column, excerpt, message);
        }
    }

    /// <summary>Leaves a record out because of what it is as a whole.</summary>
    public void LeaveOut(FindingCode code, Record record, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message) =>
        LeaveOut(code, record, record.Line, 0, record.Source.Span, message);

    /// <summary>Leaves a record out because of what stands at an offset in it.</summary>
    public void LeaveOut(
        FindingCode code, Record record, int offset, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        if (Keeps(code))
        {
            var (line, column) = record.PlaceOf(offset);
            LeaveOut(code, record, line, column, record.LineOf(offset), message);
        }
        else
        {
            LeaveOut(code, record, message);
        }
    }

    /// <summary>Leaves a record out because of what stands at a place in its file. For several reasons, it is left out once.</summary>
    public void LeaveOut(
        FindingCode code, Record record, long line, int column, ReadOnlySpan<byte> excerpt,
        [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message)
    {
        LeftOut += IsLeftOut(record) ? 0 : 1;
        _lastLeftOut = (record, record.Number);
        Count(code, record.File, line, column, excerpt, message);
    }

    /// <summary>Leaves out a file, or what comes behind a line of it: nobody knows how many records that are.</summary>
    public void LeaveRest(
        FindingCode code, string? file, long line, [InterpolatedStringHandlerArgument("", nameof(code))] FindingMessage message) =>
        Count(code, file, line, 0, [], message);

    /// <summary>Counts a finding, even of a code that the manifest ignores: of those, the first is kept to show what is left out.</summary>
    private void Count(FindingCode code, string? file, long line, int column, ReadOnlySpan<byte> excerpt, FindingMessage message)
    {
        var isIgnored = _severities[(int)code] == Severity.Ignore;
        if (isIgnored ? _counts[(int)code] == 0 : Keeps(code))
        {
            _kept.Add(new Finding
            {
                Code = code,
                Severity = _severities[(int)code],
                File = file,
                Line = line > 0 ? line : null,
                Column = column > 0 ? column : null,
                Message = isIgnored ? FindingRule.Of(code).Meaning : message.Text,
                Advice = FindingRule.Of(code).Advice,
                Excerpt = excerpt.IsEmpty ? null : Excerpt.Of(excerpt),
            });
        }

        _counts[(int)code]++;
    }
}
