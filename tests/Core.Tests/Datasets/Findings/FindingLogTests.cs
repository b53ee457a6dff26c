using CsCheck;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Findings;
using Record = Droptune.Core.Datasets.Records.Record;

namespace Droptune.Core.Tests.Datasets.Findings;

/// <summary>What is left out, and that it is said.</summary>
public sealed class FindingLogTests
{
    private readonly FindingLog _log = new();
    private readonly Record _record = new("train.jsonl");

    [Fact]
    public void LeaveOut_ForTwoReasons_CountsTheRecordOnceAndBothReasons()
    {
        _record.Start(7);
        _log.LeaveOut(FindingCode.EmptyField, _record, $"The label is blank.");
        _log.LeaveOut(FindingCode.UnknownTagForm, _record, $"Tag Q is no tag.");

        Assert.Equal(1, _log.LeftOut);
        Assert.Equal([("train.jsonl", 7L), ("train.jsonl", 7L)], _log.Kept.Select(finding => (finding.File!, finding.Line!.Value)));
    }

    [Fact]
    public void LeaveOut_OneRecord_SaysNothingOfTheNext()
    {
        _record.Start(1);
        _log.LeaveOut(FindingCode.EmptyField, _record, $"The label is blank.");
        _record.Start(2);

        Assert.False(_log.IsLeftOut(_record));
    }

    [Fact]
    public void LeaveOut_RecordsOnTheSameLine_CountsEach()
    {
        for (var i = 0; i < 3; i++)
        {
            _record.Start(1);
            _log.LeaveOut(FindingCode.EmptyField, _record, $"The label is blank.");
        }

        Assert.Equal(3, _log.LeftOut);
    }

    [Fact]
    public void LeaveOut_IgnoredCode_ShowsTheFirstAndCountsAll()
    {
        _log.Apply(new() { Severities = new Dictionary<string, Severity> { ["not-accepted"] = Severity.Ignore } });
        for (var line = 1; line <= 3; line++)
        {
            _record.Start(line);
            _log.LeaveOut(FindingCode.NotAccepted, _record, $"The answer is reject.");
        }

        Assert.Equal(3, _log.LeftOut);
        Assert.Equal([new FindingTotal(FindingCode.NotAccepted, Severity.Ignore, 3)], _log.Totals);
        Assert.Equal(1, Assert.Single(_log.Kept).Line);
        Assert.False(_log.HasErrors);
    }

    [Fact]
    public void Add_IgnoredCode_IsNotReported()
    {
        _log.Apply(new() { Severities = new Dictionary<string, Severity> { ["leakage"] = Severity.Ignore } });
        _record.Start(1);

        _log.Add(FindingCode.Leakage, _record, $"The text is in two splits.");

        Assert.Empty(_log.Totals);
        Assert.False(_log.IsLeftOut(_record));
    }

    /// <summary>Whatever is found first: what rejects the dataset stands on top, and what is about all of it before what is in a file.</summary>
    [Fact]
    public void Kept_FoundInAnyOrder_ErrorsThenWarningsEachByPlace()
    {
        (FindingCode Code, string? File, long Line, int Column)[] inOrder =
        [
            (FindingCode.NoExamples, null, 0, 0),
            (FindingCode.SingleClass, null, 0, 0),
            (FindingCode.EmptyFile, "B.csv", 0, 0),
            (FindingCode.MissingLabel, "a.csv", 9, 0),
            (FindingCode.MissingLabel, "a.csv", 10, 0),
            (FindingCode.UnknownTagForm, "a.csv", 10, 2),
            (FindingCode.EmptyField, "a.csv", 10, 11),
            (FindingCode.IllegalTransition, "a.csv", 10, 11),
            (FindingCode.EmptySplit, null, 0, 0),
            (FindingCode.RareLabel, null, 0, 0),
            (FindingCode.UnclearSplit, "B.csv", 0, 0),
            (FindingCode.DuplicateText, "a.csv", 2, 0),
            (FindingCode.BlankToken, "a.csv", 2, 5),
            (FindingCode.Unlabelled, "a.csv", 1, 0),
        ];

        Gen.Shuffle(inOrder).Sample(found =>
        {
            var log = new FindingLog();
            log.Apply(new() { Severities = new Dictionary<string, Severity> { ["unlabelled"] = Severity.Ignore } });
            foreach (var (code, file, line, column) in found)
            {
                log.LeaveOut(code, new Record(file), line, column, [], $"Found.");
            }

            Assert.Equal(inOrder, log.Kept.Select(finding => (finding.Code, finding.File, finding.Line ?? 0, finding.Column ?? 0)));
        });
    }

    [Fact]
    public void Totals_FoundInAnyOrder_ErrorsThenWarningsEachAsDocumented()
    {
        FindingCode[] inOrder = [FindingCode.NoExamples, FindingCode.MissingLabel, FindingCode.Leakage, FindingCode.EmptySplit, FindingCode.RareLabel];

        Gen.Shuffle(inOrder).Sample(found =>
        {
            var log = new FindingLog();
            log.Apply(new() { Severities = new Dictionary<string, Severity> { ["leakage"] = Severity.Error } });
            foreach (var code in found)
            {
                log.Add(code, "Found.");
            }

            Assert.Equal(inOrder, log.Totals.Select(total => total.Code));
        });
    }
}
