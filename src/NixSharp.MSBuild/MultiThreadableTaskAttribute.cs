namespace Microsoft.Build.Framework;

/// <summary>
/// Says that a task touches no state of the process, so that MSBuild may run it beside others. MSBuild looks for the name
/// only; the attribute of its own assembly is missing from 18.0, where asking for it would fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
