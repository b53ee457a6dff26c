namespace Droptune.Core.Tests;

public class ResourceNameTests
{
    [Theory]
    [InlineData("support", true)]
    [InlineData("a", true)]
    [InlineData("banking-77", true)]
    [InlineData("Support", false)]
    [InlineData("-support", false)]
    [InlineData("support\n", false)]
    [InlineData("客服", false)]
    [InlineData("", false)]
    public void Problem_Name_IsNullOnlyForAValidOne(string name, bool valid)
    {
        var problem = ResourceName.Problem(name);

        Assert.Equal(valid, problem is null);
    }
}
