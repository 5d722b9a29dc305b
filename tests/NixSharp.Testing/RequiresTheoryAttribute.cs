using Xunit;

namespace NixSharp.Testing;

/// <summary>A theory that runs real programs, and is skipped, with the reason printed, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresTheoryAttribute : TheoryAttribute
{
    public RequiresTheoryAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Requirements.WhyMissing(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}
