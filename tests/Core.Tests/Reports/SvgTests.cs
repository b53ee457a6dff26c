using System.Xml.Linq;
using Droptune.Core.Reports;

namespace Droptune.Core.Tests.Reports;

public class SvgTests
{
    [Fact]
    public void Curves_Epochs_AreDrawnToScaleWithNamesAsText()
    {
        var svg = XDocument.Parse(Svg.Curves([("loss", [1, 0.5, 0]), ("<b> & \"co\"", [0, 0.25, 2])], 4, kept: 3)).Root!;

        var curves = svg.Elements().Where(element => element.Attribute("stroke-width") is not null).Select(curve => (string)curve.Attribute("d")!);
        Assert.Equal(["M48 40L320 158L592 276", "M48 276L320 217L592 40"], curves);
        var texts = svg.Elements().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToList();
        Assert.Contains("4.00", texts); // the loss at the top
        Assert.Contains("kept: epoch 3", texts);
        Assert.Contains("<b> & \"co\"", texts);
    }

    [Fact]
    public void Curves_OneEpoch_StandsInTheMiddle() =>
        Assert.Contains("d=\"M320 40\"", Svg.Curves([("loss", [1])], 1, kept: 1), StringComparison.Ordinal);
}
