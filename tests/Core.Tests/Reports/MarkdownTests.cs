using Droptune.Core.Reports;

namespace Droptune.Core.Tests.Reports;

public class MarkdownTests
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
    [InlineData("one\n\ntwo", "`one  two`")]
    public void Code_AnyText_StaysInTheSpan(string text, string expected) => Assert.Equal(expected, Markdown.Code(text));

    [Fact]
    public void Row_PipesInTextAndCode_DoNotEndTheirCells() =>
        Assert.Equal("| a\\|b | `c\\|d` |\n", Markdown.Row(Markdown.Safe("a|b"), Markdown.Code("c|d")));
}
