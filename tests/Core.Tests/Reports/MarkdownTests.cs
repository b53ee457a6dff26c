using System.Text.RegularExpressions;
using CsCheck;
using Droptune.Core.Reports.Markup;

namespace Droptune.Core.Tests.Reports;

public partial class MarkdownTests
{
    [Theory]
    [InlineData("plain, 1-2 (three)!", "plain, 1-2 (three)!")]
    [InlineData("*a* _b_ `c` ~~d~~ $e$ # f", @"\*a\* \_b\_ \`c\` \~\~d\~\~ \$e\$ \# f")]
    [InlineData("[a](b) \\", @"\[a\](b) \\")]
    [InlineData("<b> &lt;", "&lt;b&gt; &amp;lt;")]
    [InlineData("one\r\ntwo\nthree", "one two three")]
    public void Safe_Markup_IsText(string text, string expected) => Assert.Equal(expected, Markdown.Safe(text));

    [Theory]
    [InlineData("<b> *a* &amp;", "`<b> *a* &amp;`")]
    [InlineData("a`b", "`` a`b ``")]
    [InlineData("``", "``` `` ```")]
    [InlineData("", "`  `")]
    [InlineData("one\n\ntwo", "`one  two`")]
    public void Code_AnyText_StaysInTheSpan(string text, string expected) => Assert.Equal(expected, Markdown.Code(text));

    /// <summary>By CommonMark 6.1, a run of backticks opens a span that the next run of the same length closes.</summary>
    [Fact]
    public void Code_RunsOfBackticks_CloseNoSpanBeforeItsEnd() =>
        Gen.Char["`a |\n<"].Array[0, 12].Sample(letters =>
        {
            var span = Markdown.Code(new string(letters));
            var runs = BacktickRuns().Matches(span).Select(run => run.Length).ToArray();

            Assert.Equal(runs[0], runs[^1]);
            Assert.Equal(2, runs.Count(length => length == runs[0]));
            Assert.True(span.StartsWith('`') && span.EndsWith('`') && !span.Contains('\n', StringComparison.Ordinal));
        });

    [Fact]
    public void Safe_AnyText_HoldsNoMarkupThatIsNotEscaped() =>
        Gen.Char["`*_[]<>&#~$\\a\n"].Array[0, 12].Sample(letters =>
        {
            var rest = Escaped().Replace(Markdown.Safe(new string(letters)), "");

            Assert.DoesNotContain(rest, letter => "`*_[]<>&#~$\\\n".Contains(letter, StringComparison.Ordinal));
        });

    [Fact]
    public void Row_PipesInTextAndCode_DoNotEndTheirCells() =>
        Assert.Equal("| a\\|b | `c\\|d` |\n", Markdown.Row(Markdown.Safe("a|b"), Markdown.Code("c|d")));

    [GeneratedRegex("`+")]
    private static partial Regex BacktickRuns();

    [GeneratedRegex(@"\\[\\*_`\[\]#~$]|&(amp|lt|gt);")]
    private static partial Regex Escaped();
}
