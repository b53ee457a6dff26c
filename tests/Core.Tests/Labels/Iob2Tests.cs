using Droptune.Core.Labels;


namespace Droptune.Core.Tests.Labels;

public class Iob2Tests
{
    [Fact]
    public void Entities_LabelWithHyphen_IsKept() =>
        Assert.Equal([(1, 3, "LOC-city")], Iob2.Entities(["O", "B-LOC-city", "I-LOC-city"]));
}
