using System.Xml.Linq;
using Droptune.Core.Datasets;
using Droptune.Core.Reports;
using Droptune.Core.Tests.Datasets;

namespace Droptune.Core.Tests.Reports;

/// <summary>The report in all its forms.</summary>
public sealed class ReportTests
{
    private const string Bad = "{\"text\":\"<script>alert('|`x`')</script>\",\"label\":\"<b>\"}\n{\"text\":\"two\",\"label\":\"a|b\"}\n{broken";

    [Fact]
    public async Task Html_HostileData_IsOneHarmlessPage()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var page = DatasetReportHtml.Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        var markup = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)];
        Assert.NotNull(XDocument.Parse(markup)); // every tag is closed, every attribute quoted
    }

    [Fact]
    public async Task Json_Report_ReadsBackTheSame()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var json = JsonSerializer.Serialize(report, DroptuneJson.Readable);
        var again = JsonSerializer.Deserialize<DatasetReport>(json, DroptuneJson.Readable);

        Assert.Equal(json, JsonSerializer.Serialize(again, DroptuneJson.Readable));
        Assert.Contains("\"code\": \"malformed-record\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_HostileData_StaysText()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var page = DatasetReportMarkdown.Write(report);

        Assert.Contains("&lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains(@"a\|b", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_BacktickInAFileName_StaysWithinTheCodeSpan()
    {
        var report = await Some.Report(Some.File("train`<b>.jsonl", Bad));

        var page = DatasetReportMarkdown.Write(report);

        Assert.Contains("- `` train`<b>.jsonl:3:2 `` ", page, StringComparison.Ordinal);
        Assert.Contains(@"| train\`&lt;b&gt;.jsonl | ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_Finding_IsALineThatTerminalsLink()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        Assert.Contains("train.jsonl:3:2: error malformed-record: ", DatasetReportText.Write(report), StringComparison.Ordinal);
    }
}
