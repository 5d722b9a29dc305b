using Xunit;

namespace NixSharp.Testing;

/// <summary>A test that runs real programs, and is skipped, with the reason printed, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresFactAttribute : FactAttribute
{
    public RequiresFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Requirements.WhyMissing(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}
