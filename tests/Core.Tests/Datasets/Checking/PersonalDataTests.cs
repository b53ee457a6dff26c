using Droptune.Core.Datasets;
using Droptune.Core.Reports;

namespace Droptune.Core.Tests.Datasets.Checking;

/// <summary>What counts as personal data, and that no report shows any.</summary>
public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("mail jane.doe+x@mail.example.org.", FindingCode.PersonalEmail)]
    [InlineData("call +49 (30) 123-45678", FindingCode.PersonalPhone)]
    [InlineData("call (555) 123-4567 now", FindingCode.PersonalPhone)]
    [InlineData("call 555-123-4567", FindingCode.PersonalPhone)]
    [InlineData("我的电话是13812345678。", FindingCode.PersonalPhone)]
    [InlineData("138 1234 5678", FindingCode.PersonalPhone)]
    [InlineData("ring 030 1234567", FindingCode.PersonalPhone)]
    [InlineData("card 4111111111111111", FindingCode.PersonalCard)]
    [InlineData("card 5500-0000-0000-0004", FindingCode.PersonalCard)]
    [InlineData("card 3782 822463 10005", FindingCode.PersonalCard)]
    public async Task CheckAsync_PersonalData_IsFoundAndNeverShown(string text, FindingCode code)
    {
        var report = await Report(text);

        Assert.Equal(code, Assert.Single(report.Totals, total => total.Code is FindingCode.PersonalEmail or FindingCode.PersonalPhone or FindingCode.PersonalCard).Code);
        var value = text.Split(' ', '是').Last(part => part.Any(char.IsDigit) || part.Contains('@', StringComparison.Ordinal)).TrimEnd('.', '。');
        Assert.DoesNotContain(value, DatasetReportMarkdown.Write(report) + DatasetReportHtml.Write(report) + DatasetReportText.Write(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order 1234567890 please")]
    [InlineData("4111111111111112")] // the check digit fails
    [InlineData("on 2024-12-24 at 10:30")]
    [InlineData("it costs 1.234.567,89")]
    [InlineData("ticket AB1234567890123")]
    [InlineData("me@home and @you")]
    [InlineData("5 10 15 20 25 30")]
    [InlineData("IP 192.168.100.200")]
    public async Task CheckAsync_OtherNumbers_AreNoPersonalData(string text)
    {
        var report = await Report(text);

        Assert.DoesNotContain(report.Totals, total => total.Code is FindingCode.PersonalEmail or FindingCode.PersonalPhone or FindingCode.PersonalCard);
    }

    [Fact]
    public async Task CheckAsync_AnyFindingAboutSuchARecord_MasksIt()
    {
        var report = await Some.Report(Some.File("train.jsonl", "{\"text\":\"jane@example.org\",\"label\":\"jane@example.org\",}\n{\"text\":\"\",\"label\":\"call +49 30 1234567\"}"));

        Assert.All(report.Findings, finding => Assert.DoesNotContain("jane@", finding.Message + finding.Excerpt, StringComparison.Ordinal));
        Assert.All(report.Findings, finding => Assert.DoesNotContain("1234567", finding.Message + finding.Excerpt, StringComparison.Ordinal));
    }

    private static Task<DatasetReport> Report(string text) => Some.Report(Some.File("train.jsonl", $"{{\"text\":\"{text}\",\"label\":\"a\"}}\n"));
}
