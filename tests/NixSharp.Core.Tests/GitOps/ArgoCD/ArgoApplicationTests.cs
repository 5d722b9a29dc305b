using NixSharp.GitOps.ArgoCD;
using Xunit;

namespace NixSharp.Core.Tests.GitOps.ArgoCD;

public sealed class ArgoApplicationTests
{
    [Fact]
    public void Without_a_word_the_usual_output_is_built_purely()
    {
        var application = Read();
        Assert.Equal(("kubernetesConfiguration", null, false), (application.Output, application.Values, application.Impure));
    }

    [Fact]
    public void Parameters_count_more_than_the_variables_of_the_application()
    {
        Assert.Equal("own", Read(("ARGOCD_ENV_NIX_OUTPUT", "own")).Output);
        Assert.Equal("parameter", Read(("ARGOCD_ENV_NIX_OUTPUT", "own"), ("PARAM_OUTPUT", "parameter")).Output);
        Assert.Equal("listed", Read(("PARAM_OUTPUT", "parameter"), ("ARGOCD_APP_PARAMETERS", """[{"name":"output","string":"listed"},{"name":"unknown","array":["a"]}]""")).Output);
        Assert.Equal("own", Read(("ARGOCD_ENV_NIX_OUTPUT", "own"), ("PARAM_OUTPUT", ""), ("ARGOCD_APP_PARAMETERS", "")).Output);
    }

    [Fact]
    public void Values_are_taken_to_the_letter_or_made_from_a_map()
    {
        Assert.Equal("""{"a": "$(b)'"}""", Read(("PARAM_VALUES", """{"a": "$(b)'"}""")).Values);
        Assert.Equal("{\n  \"a\": \"b\"\n}\n", Read(("ARGOCD_APP_PARAMETERS", """[{"name":"values","map":{"a":"b"}}]""")).Values);
        Assert.True(Read(("PARAM_IMPURE", "true")).Impure);
    }

    [Theory]
    [InlineData("PARAM_OUTPUT", ".#other")]
    [InlineData("PARAM_OUTPUT", "a b")]
    [InlineData("PARAM_OUTPUT", "-x")]
    [InlineData("PARAM_OUTPUT", "a\n")]
    [InlineData("PARAM_VALUES", "{")]
    [InlineData("PARAM_IMPURE", "yes")]
    [InlineData("ARGOCD_APP_PARAMETERS", "{}")]
    [InlineData("ARGOCD_APP_PARAMETERS", """[{"string":"nameless"}]""")]
    public void What_makes_no_sense_is_refused(string name, string value) =>
        Assert.Equal(NixErrorCodes.InvalidPluginParameters, Assert.Throws<GitOpsException>(() => Read((name, value))).Code);

    [Theory]
    [InlineData("90s", 85)]
    [InlineData("2m30s", 145)]
    [InlineData("1h", 3595)]
    [InlineData("1.5m", 85)]
    [InlineData(null, 85)]
    [InlineData("", 85)]
    [InlineData("soon", 85)]
    [InlineData("3", 85)]
    [InlineData("1s", 85)]
    public void The_time_that_Argo_CD_gives_is_used_but_for_five_seconds(string? text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ArgoPluginOptions.TimeoutFor(text));

    private static ArgoApplication Read(params (string Name, string Value)[] environment) =>
        ArgoApplication.FromEnvironment("/app", environment.ToDictionary(static item => item.Name, static item => item.Value));
}
